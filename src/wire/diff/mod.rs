//! Differences between two messages: envelope fields, JSON by path, tables by schema and cells, text by lines, bytes
//! by offset.

mod bytes;
mod json;
mod messages;
mod model;
mod tables;
mod texts;
mod wordings;

pub use messages::message_differences;
pub use model::{DiffSide, Difference, Differences};
pub use wordings::encoding_differences;
