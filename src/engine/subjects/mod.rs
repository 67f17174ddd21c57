//! Subjects and patterns: their rules, their ids, and the table of what was seen.

mod interner;
mod pattern;
mod table;

pub(crate) use interner::{Interned, Interner};
pub(crate) use pattern::has_idle_wildcard;
pub(crate) use table::Subjects;

pub use pattern::{SubjectError, check_pattern, check_subject, subject_matches};
pub use table::{SubjectId, SubjectStats};
