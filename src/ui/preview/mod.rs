//! Views of one payload: text, JSON tree, grid, picture, facts, hex, raw bytes, findings.

mod contract;
mod envelope;
mod header;
mod registry;

pub use contract::{Motion, Preview, PreviewContext};
pub use envelope::envelope_view;
pub use header::header_lines;
pub use registry::{Tab, Views, build_views};
