//! What is done about the connection: its changes, contexts, recordings.

mod contexts;
mod recording;
mod status;

pub(crate) use contexts::{give_up_context, load_context, pick_context, switch};
pub(crate) use recording::{recorded, toggle_recording};
pub(crate) use status::connected;

pub use contexts::{exposed_file, exposed_secrets};
pub use recording::recording_told;
