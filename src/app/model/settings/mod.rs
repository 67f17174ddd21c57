//! Settings: read, checked, and what they say.

mod model;
mod read;
mod read_tools;
mod tools;

pub use model::{KeyChoice, LinkSettings, Settings};
pub use tools::{Decoder, Highlight, HighlightColour, Tools};
