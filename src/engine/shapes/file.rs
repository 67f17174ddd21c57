//! The file of shapes: JSON that people commit and edit. Dictionaries as JSON Schema, tables as the columns of an Arrow schema.
//! What messages are held against it, is decided in the contract.

use super::json_schema::{read_schema, schema_of};
use super::node::Node;
use super::subject_shape::SubjectShape;
use super::tree::Tree;
use natsbridge_wire::Kind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::Path;

/// The version of the format.
const VERSION: u32 = 1;

/// Why a file is not one of shapes.
#[derive(Debug, thiserror::Error)]
pub enum ShapesError {
    /// It cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what a file of shapes is.
    #[error("{path}, line {line}: {what}")]
    Wrong {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
}

/// A file of shapes as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'f> {
    natsbridge_shapes: u32,
    #[serde(borrow)]
    subjects: BTreeMap<String, WrittenSubject<'f>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSubject<'f> {
    /// How many messages it was learned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    messages: Option<u64>,
    /// Who sent them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    senders: Vec<String>,
    #[serde(borrow)]
    payloads: Vec<WrittenPayload<'f>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPayload<'f> {
    /// The name of the payload; empty for a message that is no envelope.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dataname: String,
    kind: OneOrMore,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<WrittenColumn>,
    /// JSON Schema, or the name of a file that has it.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    schema: Option<&'f RawValue>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    name: String,
    #[serde(rename = "type")]
    type_name: OneOrMore,
    #[serde(default)]
    nullable: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
    #[serde(default, rename = "x-range", skip_serializing_if = "Option::is_none")]
    range: Option<[f64; 2]>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn of(node: &Node) -> Self {
        let mut names: Vec<String> = node.types.iter().map(|(name, _)| name.to_string()).collect();
        match names.len() {
            1 => Self::One(names.remove(0)),
            _ => Self::More(names),
        }
    }

    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::More(names) => names,
        }
    }
}

/// A schema that says more than a tree holds.
#[derive(Debug)]
pub(super) struct ForeignSchema {
    pub payload: String,
    pub validator: jsonschema::Validator,
}

/// What a file says of a subject.
#[derive(Debug)]
pub struct Expected {
    /// The subject, or a pattern for several.
    pub subject: String,
    /// The shape of its messages.
    pub tree: Tree,
    pub(super) schemas: Vec<ForeignSchema>,
}

/// A file with what was learned.
pub fn write_shapes<'s>(subjects: impl IntoIterator<Item = &'s SubjectShape>) -> String {
    let subjects: Vec<(&SubjectShape, Tree)> =
        subjects.into_iter().map(|shape| (shape, shape.whole())).collect();
    let mut written = serde_json::Map::new();
    for (shape, tree) in &subjects {
        let payloads: Vec<Value> = tree
            .children(tree.root())
            .map(|node| payload(tree, node))
            .collect();
        let mut senders: Vec<String> = shape
            .senders
            .iter()
            .map(|sender| sender.sender.to_string())
            .collect();
        senders.retain(|sender| !sender.is_empty());
        senders.sort();
        senders.dedup();
        let subject = WrittenSubject {
            messages: Some(shape.messages()),
            senders,
            payloads: Vec::new(),
        };
        let mut subject = serde_json::to_value(subject).unwrap_or_default();
        subject["payloads"] = payloads.into();
        written.insert(shape.subject.to_string(), subject);
    }
    let file = serde_json::json!({ "natsbridge_shapes": VERSION, "subjects": written });
    natsbridge_wire::escape_json_lines(&format!("{file:#}\n"))
}

fn payload(tree: &Tree, node: &Node) -> Value {
    let is = |kind: Kind| node.types.iter().any(|(name, _)| **name == *kind.name());
    let is_table = is(Kind::Table);
    let column = |column: &Node| WrittenColumn {
        name: column.key.to_string(),
        type_name: OneOrMore::of(column),
        nullable: column.nullable,
        optional: column.optional,
        range: column.range.map(|range| [range.min, range.max]),
    };
    let written = WrittenPayload {
        dataname: node.key.to_string(),
        kind: OneOrMore::of(node),
        optional: node.optional,
        columns: if is_table {
            tree.children(node).map(column).collect()
        } else {
            Vec::new()
        },
        schema: None,
    };
    let mut written = serde_json::to_value(written).unwrap_or_default();
    if !is_table && (is(Kind::Dictionary) || is(Kind::JsonTable)) {
        written["schema"] = schema_of(tree, node, true);
    }
    written
}

/// Whether a text is meant as a file of shapes.
pub fn is_shapes_file(head: &str) -> bool {
    head.trim_start().starts_with('{') && head.contains("\"natsbridge_shapes\"")
}

/// What a file says; `path` is its place, beside which the files of schemas are.
///
/// # Errors
///
/// [`ShapesError`], with the line.
pub fn read_shapes(path: &Path, most: usize) -> Result<Vec<Expected>, ShapesError> {
    let name = path.display().to_string();
    let text = text_of(path, most)?;
    let wrong = |line: usize, what: String| ShapesError::Wrong {
        path: name.clone(),
        line,
        what,
    };
    let written: Written<'_> = serde_json::from_str(&text).map_err(|error| {
        let what = if is_shapes_file(&text) {
            sentence_of(&error)
        } else {
            format!(
                "this is no file of shapes ({}): natsbridge shape learn writes one",
                sentence_of(&error)
            )
        };
        wrong(error.line().max(1), what)
    })?;
    if written.natsbridge_shapes != VERSION {
        let what = format!(
            "the file has version {}, this program reads version {VERSION}",
            written.natsbridge_shapes
        );
        return Err(wrong(1, what));
    }
    let mut all = Vec::new();
    for (subject, shape) in &written.subjects {
        let mut expected = Expected {
            subject: subject.clone(),
            tree: Tree::default(),
            schemas: Vec::new(),
        };
        for payload in &shape.payloads {
            let line = payload.schema.map_or(1, |schema| line_of(&text, schema.get()));
            expect(&mut expected, payload, path, most).map_err(|what| {
                let name = if payload.dataname.is_empty() {
                    "the message"
                } else {
                    &payload.dataname
                };
                wrong(line, format!("{name} on {subject}: {what}"))
            })?;
        }
        all.push(expected);
    }
    Ok(all)
}

fn text_of(path: &Path, most: usize) -> Result<String, ShapesError> {
    crate::files::read_text(path, most as u64).map_err(|source| ShapesError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// The sentence of an error without its place, which is told before it.
fn sentence_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// The line on which a part of the text starts.
fn line_of(text: &str, part: &str) -> usize {
    let at = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count()
}

fn expect(
    expected: &mut Expected,
    payload: &WrittenPayload<'_>,
    path: &Path,
    most: usize,
) -> Result<(), String> {
    let too_many = || "the file has too many fields".to_owned();
    let tree = &mut expected.tree;
    let at = tree
        .declare(0, &payload.dataname, payload.optional)
        .ok_or_else(too_many)?;
    for kind in payload.kind.names() {
        if Kind::from_declared(kind).is_none() {
            return Err(format!(
                "there is no kind {kind:?}; a payload is text, dictionary, table and so on"
            ));
        }
        tree.node_mut(at).add_type(kind, 1);
    }
    for column in &payload.columns {
        let field = tree
            .declare(at, &column.name, column.optional)
            .ok_or_else(too_many)?;
        let node = tree.node_mut(field);
        for name in column.type_name.names() {
            node.add_type(name, 1);
        }
        node.nullable = column.nullable;
        node.range = column.range.map(|[min, max]| super::node::Range { min, max });
    }
    let Some(schema) = payload.schema else {
        return Ok(());
    };
    let mut schema: Value = serde_json::from_str(schema.get()).map_err(|error| error.to_string())?;
    if let Value::String(file) = &schema {
        let place = path.parent().unwrap_or(Path::new("")).join(file);
        let text = text_of(&place, most).map_err(|error| error.to_string())?;
        schema = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    let is_all = read_schema(&schema, tree, at, true);
    let validator = validator(&schema)?;
    if !is_all {
        expected.schemas.push(ForeignSchema {
            payload: payload.dataname.clone(),
            validator,
        });
    }
    Ok(())
}

fn validator(schema: &Value) -> Result<jsonschema::Validator, String> {
    // Patterns are matched in linear time, whoever wrote them.
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .map_err(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() {
                String::new()
            } else {
                format!(" at {place}")
            };
            format!("the schema is no JSON Schema{place}: {error}")
        })
}
