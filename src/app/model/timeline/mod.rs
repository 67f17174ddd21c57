//! Conversations as they are listed.

mod list;

pub use list::{Conversations, OpenConversation, Scope, Sort, TimelineMsg, Totals};
