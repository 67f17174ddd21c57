//! How `check` reports: as text, JSON lines, SARIF, JUnit or a page, one file each; the registry is the only list.

mod contract;
mod html;
mod json;
mod junit;
mod registry;
mod sarif;
mod text;

pub use contract::Report;
pub use registry::Format;
