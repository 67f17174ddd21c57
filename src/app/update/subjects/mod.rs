//! What is done in Subjects and with streams.

mod act;
mod streams;

pub(crate) use act::{act_in_subjects, find_subject, subjects_message};
pub(crate) use streams::{choose_stream, from_sequence, list_streams, load_from, since_time, take_streams};

pub use streams::StreamChoice;
