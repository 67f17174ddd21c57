//! Conversations in export formats: text, JSON, Mermaid, Chrome trace events; and pages of them, of messages and of problems. Pure functions, no clock.

mod chrome;
mod fields;
mod json;
mod mermaid;
mod page;
mod text;
mod words;

pub use chrome::chrome_trace;
pub(crate) use page::is_page;

pub use fields::{EnvelopeField, envelope_fields, payload_fields};
pub use json::conversations_json;
pub use mermaid::mermaid;
pub use page::{
    PageMessage, checked_section, conversation_page, messages_page, page_end, page_start, problems_page,
};
pub use text::conversation_text;
pub use words::{lane_name, message_word, remarks, short_key, signed};
