//! What lies over the panes: help, palette, prompts, theme picker, notices, and the screen before any connection.

mod connection;
mod help;
mod notices;
mod palette;
mod prompt;
mod registry;
mod themes;

pub use connection::draw_connection;
pub use notices::draw_notices;
pub use registry::{Drawn, draw_overlay};
