//! What is done in the timeline.

mod act;

pub(crate) use act::{act_in_timeline, timeline_message};
