//! What messages and actions do to the state, and the effects they ask for.

mod clipboard;
mod compose;
mod connection;
mod dispatch;
mod inspector;
mod messages;
mod overlay;
mod prompt;
mod subjects;
mod tape;
mod timeline;
mod update;

pub use connection::{exposed_file, exposed_secrets, recording_told};
pub use subjects::StreamChoice;
pub use update::update;
