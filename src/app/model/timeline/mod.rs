//! Conversations as they are listed.

mod choice;
mod list;

pub use choice::{Scope, TimelineMsg};
pub use list::{Conversations, OpenConversation};
