//! What is done in Subjects and with streams.

mod act;
mod streams;

pub(crate) use act::{act_in_subjects, click_subject, scroll_subjects};

pub use streams::StreamChoice;
