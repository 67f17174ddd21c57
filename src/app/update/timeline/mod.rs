//! What is done in the timeline.

mod act;
mod export;

pub(crate) use act::{act_in_timeline, go_to_conversation, leave_conversation, leave_only, timeline_message};
pub(crate) use export::export_conversations;
