//! Conversations in export formats: text, JSON, Mermaid, Chrome trace events. Pure functions, no clock.

mod chrome;
mod json;
mod mermaid;
mod text;
mod words;

pub use chrome::chrome_trace;
pub use json::conversations_json;
pub use mermaid::mermaid;
pub use text::conversation_text;
pub use words::{lane_name, message_word, remarks, short_key, signed};
