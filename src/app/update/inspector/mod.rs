//! What is done in the inspector: links, payloads, mending.

mod act;
mod links;
mod mend;
mod payload;

pub(crate) use act::inspector_message;
pub(crate) use links::{ask_shown, attend_links, cancel_fetch, fetch_shown};
pub(crate) use mend::{ask_reader, mend};
pub(crate) use payload::{ask_kind, ask_pipe, ask_save, open_outside, pipe, save_to, view_as};
