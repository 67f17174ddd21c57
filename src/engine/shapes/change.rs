//! A change of shape: what of a field is not as it was, or not as others have it, in words and as a finding.

use super::observation::Observation;
use natsbridge_wire::{Code, Finding, SafeText};

/// Something about a field that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Which sort of change.
    pub code: Code,
    /// The field: the payload's name and the path in it, such as `readings.score`.
    pub path: String,
    /// The name of the payload.
    pub payload: String,
    /// How it was.
    pub from: String,
    /// How it is.
    pub to: String,
    /// Whether it harms nobody.
    pub minor: bool,
}

/// What the expectation rests on.
#[derive(Debug, Clone, Copy)]
pub enum Against<'a> {
    /// As many earlier messages of the same sender.
    Earlier(u64),
    /// What these other senders send.
    Others(&'a str),
    /// What a file says.
    File(&'a str),
}

impl Change {
    /// The same, told against that; `None` if it is of no account there.
    pub(super) fn against(mut self, against: Against<'_>) -> Option<Self> {
        match (against, self.code) {
            (Against::Others(_), Code::ShapeValueNew) => return None,
            (
                Against::Others(_),
                Code::ShapeTypeChanged
                | Code::ShapeFieldGone
                | Code::ShapeFieldNew
                | Code::ShapeOrderChanged
                | Code::ShapeNullable,
            ) => {
                self.minor |= self.code.severity() == natsbridge_wire::Severity::Note;
                self.code = Code::ShapeSenderDisagrees;
            }
            // It became one: that others are expected to send floats is not what happened.
            (Against::Earlier(_), Code::ShapeIntegerForFloat) => self.code = Code::ShapeTypeChanged,
            _ => {}
        }
        Some(self)
    }

    /// It as a sentence.
    pub fn sentence(&self, against: Against<'_>) -> String {
        let Self { path, from, to, .. } = self;
        let what = match (self.code, &**from, &**to) {
            (Code::ShapeOrderChanged, ..) => format!("the order is {to}"),
            (Code::ShapeUnitSuspected, ..) => format!("{path} is {to}, about a thousand times off"),
            (_, "", to) => format!("{path} ({to}) is new"),
            (_, _, "") => format!("{path} is missing"),
            _ => format!("{path} is {to}"),
        };
        let known = match (against, &**from) {
            (Against::Earlier(count), "") => format!("the {count} messages before had none"),
            (Against::Earlier(count), from) => format!("in the {count} messages before it was {from}"),
            (Against::Others(who), "") => format!("{who} sends none"),
            (Against::Others(who), from) => format!("{who} sends {from}"),
            (Against::File(file), "") => format!("{file} has none"),
            (Against::File(file), from) => format!("{file} says {from}"),
        };
        let sentence = format!("{what}; {known}");
        SafeText::new(&sentence).as_str().to_owned()
    }

    /// It as a finding in the message that shows it.
    pub(super) fn finding(&self, against: Against<'_>, observation: &Observation) -> Finding {
        let below = self.path.strip_prefix(&*self.payload).unwrap_or(&self.path);
        let index = observation.payload_index(&self.payload);
        let path = match index.filter(|_| observation.is_envelope) {
            Some(index) => format!("payloads[{index}].data{below}"),
            None => self.path.clone(),
        };
        let finding = Finding::new(
            self.code,
            SafeText::new(&path).as_str().to_owned(),
            self.sentence(against),
        );
        if self.minor { finding.as_note() } else { finding }
    }
}
