//! What messages and actions do to the state, and the effects they ask for.

mod compose;
mod dispatch;
mod inspector;
mod messages;
mod overlay;
mod recording;
mod subjects;
mod timeline;
mod update;
mod works;

pub use overlay::{exposed_file, exposed_secrets};
pub use recording::recording_told;
pub use subjects::StreamChoice;
pub use update::update;
