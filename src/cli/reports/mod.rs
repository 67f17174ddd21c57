//! How `check` reports: as text, JSON lines, SARIF or JUnit, one file each; the registry is the only list.

mod contract;
mod json;
mod junit;
mod registry;
mod sarif;
mod text;

pub use contract::Report;
pub use registry::Format;
