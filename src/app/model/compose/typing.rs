//! A line of the form while it is typed. Data only.

use super::spot::FormRow;
use crate::model::typing::{Completions, LineEdit};

/// A line being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldEdit {
    /// The row that it stands in: a field's, or a payload's, whose name is typed.
    pub line_of: FormRow,
    /// What is typed.
    pub line: LineEdit,
    /// What could be meant.
    pub offers: Completions,
}
