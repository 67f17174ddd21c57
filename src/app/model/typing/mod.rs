//! Text being typed on one line, and what completes it.

mod completion;
mod line_edit;

pub use completion::Completions;
pub use line_edit::{Edit, LineEdit};
