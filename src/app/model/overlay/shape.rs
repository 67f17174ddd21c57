//! The shape of a subject as it is listed: what changed, then its fields. Data only.

use natsbridge_engine::{FieldLine, SubjectShape, field_lines};
use natsbridge_wire::Code;
use std::sync::Arc;

/// A change as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeChange {
    /// Which sort of change.
    pub code: Code,
    /// The field.
    pub path: String,
    /// How it was, or how others have it.
    pub from: String,
    /// How it is.
    pub to: String,
    /// Who sent it.
    pub sender: Arc<str>,
    /// When it came first, microseconds since the Unix epoch.
    pub at_us: i64,
    /// How many messages had it.
    pub count: u64,
    /// The first of them.
    pub seq: u64,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeRow {
    /// Something that changed.
    Change(ShapeChange),
    /// A field.
    Field(FieldLine),
}

/// What is known of a subject, as it was when the list was opened or the cursor moved last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeSheet {
    /// The subject, with `*` for tokens that change.
    pub subject: Arc<str>,
    /// How many subjects it stands for.
    pub subjects: u64,
    /// Messages that it was learned from.
    pub messages: u64,
    /// Who sends there.
    pub senders: usize,
    /// What is listed.
    pub rows: Vec<ShapeRow>,
}

impl ShapeSheet {
    /// What is known of that subject; the latest change first.
    pub fn of(shape: &SubjectShape) -> Self {
        let changes = shape.events.iter().rev().map(|event| {
            ShapeRow::Change(ShapeChange {
                code: event.change.code,
                path: event.change.path.clone(),
                from: event.change.from.clone(),
                to: event.change.to.clone(),
                sender: event.sender.clone(),
                at_us: event.first_us,
                count: event.count,
                seq: event.seq,
            })
        });
        Self {
            subject: shape.subject.clone(),
            subjects: shape.subjects,
            messages: shape.messages(),
            senders: shape.senders.len(),
            rows: changes
                .chain(field_lines(shape).into_iter().map(ShapeRow::Field))
                .collect(),
        }
    }
}
