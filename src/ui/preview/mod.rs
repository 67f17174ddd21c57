//! Views of one payload: text, JSON tree, grid, picture, facts, hex, raw bytes, findings.

mod contract;

pub use contract::{Motion, Preview, PreviewContext};
