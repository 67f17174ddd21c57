//! Conversations as they are listed.

mod choice;
mod list;

pub use choice::{Scope, Sort, TimelineMsg, Totals};
pub use list::{Conversations, OpenConversation};
