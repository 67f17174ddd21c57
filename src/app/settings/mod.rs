//! The settings file, `natsbridge/settings.toml`: parsed from its text; mistakes are told with their line and never
//! keep the workbench from starting. Reading the file and turning key names into keys happen elsewhere.

mod model;
mod read;
mod read_tools;
mod tools;

pub use model::{KeyChoice, LinkSettings, Settings};
pub use tools::{Decoder, Highlight, HighlightColour, Tools};
