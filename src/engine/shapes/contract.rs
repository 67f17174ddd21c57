//! Messages held against a file of shapes: what of them is not as it says.

use super::change::Against;
use super::compare::{compare, spelled};
use super::file::{Expected, ShapesError, read_shapes};
use super::fit::fits;
use super::folding::stands_for;
use super::observation::{ELEMENT, Observation};
use super::tree::Tree;
use natsbridge_wire::{Code, DecodedMessage, Finding, Limits, SafeText, Value};
use std::path::Path;

/// Findings of a schema that are told of one payload.
const MOST: usize = 32;

/// What messages are to look like.
#[derive(Debug)]
pub struct Contract {
    name: String,
    expected: Vec<Expected>,
}

impl Contract {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`ShapesError`], with the line.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ShapesError> {
        Ok(Self {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            expected: read_shapes(path, limits.checked_file)?,
        })
    }

    /// What the file says, by subject.
    pub fn into_expected(self) -> Vec<Expected> {
        self.expected
    }

    /// What it says of a subject: by its name, or by the first pattern that stands for it.
    pub fn of(&self, subject: &str) -> Option<&Expected> {
        let named = self.expected.iter().find(|expected| expected.subject == subject);
        named.or_else(|| {
            let mut all = self.expected.iter();
            all.find(|expected| stands_for(&expected.subject, subject))
        })
    }

    /// What of a message is not as the file says; nothing for a subject that it does not know.
    pub fn findings(&self, subject: &str, message: &DecodedMessage<'_>) -> Vec<Finding> {
        let envelope = message.envelope.as_ref().map(|(_, envelope)| envelope);
        let subject = match subject {
            // What lies in a file says itself where it was sent.
            "" => envelope.map_or("", |envelope| &envelope.send_to),
            subject => subject,
        };
        let Some(expected) = self.of(subject) else {
            return Vec::new();
        };
        let observation = Observation::of(message);
        let against = Against::File(&self.name);
        let mut findings = Vec::new();
        if !fits(&expected.tree, &observation) {
            let is_open = |payload: &str| expected.schemas.iter().any(|schema| schema.payload == payload);
            let changes = compare(&expected.tree, &Tree::of(&observation, 0)).into_iter();
            let changes = changes.filter(|change| {
                // A schema of others says itself what may be added.
                change.code != Code::ShapeFieldNew || !is_open(&change.payload)
            });
            let changes = changes.filter_map(|change| change.against(against));
            findings.extend(changes.map(|change| change.finding(against, &observation)));
        }
        for schema in &expected.schemas {
            let payloads = message.payloads.iter().enumerate();
            for (index, payload) in payloads.filter(|(_, payload)| *payload.dataname == *schema.payload) {
                let Value::Json(json) = &payload.value else {
                    continue;
                };
                let Ok(value) = json.deserialize::<serde_json::Value>() else {
                    continue;
                };
                let place = if observation.is_envelope {
                    format!("payloads[{index}].data")
                } else {
                    String::new()
                };
                for error in schema.validator.iter_errors(&value).take(MOST) {
                    let below = place_of(&value, error.instance_path().as_str());
                    let path = match (&*place, &*below) {
                        ("", below) => below.to_owned(),
                        (place, "") => place.to_owned(),
                        (place, below) if below.starts_with('[') => format!("{place}{below}"),
                        (place, below) => format!("{place}.{below}"),
                    };
                    // That it has another type was told already.
                    if findings.iter().any(|told| told.path == path) {
                        continue;
                    }
                    let text = format!("{} does not allow this: {}", self.name, error.masked());
                    findings.push(Finding::new(
                        Code::ShapeSchemaBroken,
                        SafeText::new(&path).as_str().to_owned(),
                        SafeText::new(&text).as_str().to_owned(),
                    ));
                }
            }
        }
        findings
    }
}

/// A JSON pointer as people write a path.
fn place_of(value: &serde_json::Value, pointer: &str) -> String {
    let mut here = Some(value);
    let mut path: Vec<String> = Vec::new();
    for step in pointer.split('/').skip(1) {
        let key = step.replace("~1", "/").replace("~0", "~");
        let is_list = here.is_some_and(serde_json::Value::is_array);
        here = match here {
            Some(serde_json::Value::Array(list)) => key.parse::<usize>().ok().and_then(|at| list.get(at)),
            Some(other) => other.get(&key),
            None => None,
        };
        path.push(if is_list { ELEMENT.to_owned() } else { key });
    }
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    spelled(&path)
}
