//! The panes: one file each, one registry.

mod compose;
mod contract;
mod first_line;
mod gap_marks;
mod highlighted;
mod inspector;
mod message_columns;
mod messages;
mod registry;
mod subject_lines;
mod subjects;
mod timeline;

pub use contract::Scene;
pub use registry::Panes;
