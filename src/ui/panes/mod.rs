//! The panes: one file each, one registry.

mod contract;
mod first_line;
mod inspector;
mod message_columns;
mod messages;
mod registry;
mod subjects;

pub use contract::Scene;
pub use registry::Panes;
