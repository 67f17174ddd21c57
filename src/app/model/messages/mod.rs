//! The list of messages: what is narrowed to, found, and marked.

mod list;
mod marked;
mod matches;

pub use list::{MessageView, Narrow, TextFilter};
pub use marked::{MarkUse, Marked};
pub use matches::Matches;
