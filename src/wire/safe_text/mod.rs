//! The only text that may reach a terminal: everything invisible or dangerous is made visible.

mod clean;
mod text;

pub use text::{SafeLines, SafeText};
