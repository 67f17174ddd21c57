//! The panes: one folder each, one registry.

mod compose;
mod contract;
mod inspector;
mod messages;
mod registry;
mod subjects;
mod timeline;

pub(crate) use contract::Scene;
pub(crate) use registry::Panes;
