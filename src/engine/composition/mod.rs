//! Messages being written: the composition, its drafts, its plan and its copies as other tools' commands.

mod model;

pub use model::{Composition, PayloadRow, Source};
