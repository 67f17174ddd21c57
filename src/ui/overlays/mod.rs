//! What lies over the panes: one file each, one registry.

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
mod shape;
mod text;
mod themes;
mod tour;
mod welcome;

pub(crate) use connection::draw_connection;
pub(crate) use drawn::Drawn;
pub(crate) use notices::draw_notices;
pub(crate) use pending::draw_pending;
pub(crate) use registry::draw_overlay;
pub(crate) use tour::draw_tour;
pub(crate) use welcome::draw_welcome;
