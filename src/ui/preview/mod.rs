//! Views of one payload: text, JSON tree, grid, picture, facts, hex, raw bytes, findings.

mod contract;
mod facts;
mod figures;
mod find;
mod hex;
mod image;
mod text;
mod text_layout;

pub use contract::{Motion, Preview, PreviewContext};
