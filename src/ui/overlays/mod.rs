//! What lies over the panes: help, palette, prompts, pickers, notices, and the screen before any connection.

mod connection;
mod drawn;
mod help;
mod marks;
mod notices;
mod palette;
mod pending;
mod pickers;
mod problems;
mod prompt;
mod registry;
mod text;
mod themes;
mod welcome;

pub use connection::draw_connection;
pub use drawn::Drawn;
pub use notices::draw_notices;
pub use pending::draw_pending;
pub use registry::draw_overlay;
pub use welcome::draw_welcome;
