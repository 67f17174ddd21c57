//! Conversations as they are listed.

mod choice;
mod list;
mod payload_words;

pub use choice::{Scope, TimelineMsg};
pub use list::{Conversations, OpenConversation};
pub use payload_words::payload_words;
