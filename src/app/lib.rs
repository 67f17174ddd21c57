//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod export;
mod model;
mod update;

pub use export::{
    chrome_trace, conversation_text, conversations_json, lane_name, mermaid, message_word, remarks,
    short_key, signed,
};
pub use model::*;
pub use update::{StreamChoice, exposed_file, exposed_secrets, recording_told, update};
