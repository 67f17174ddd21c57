//! A line of the form while it is typed. Data only.

use super::field::Field;
use crate::model::typing::{Completions, LineEdit};

/// What a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A field.
    Field(Field),
    /// A payload's name.
    Name(usize),
}

/// A line being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldEdit {
    /// What it belongs to.
    pub line_of: Line,
    /// What is typed.
    pub line: LineEdit,
    /// What could be meant.
    pub offers: Completions,
}
