//! The settings file, `natsbridge/settings.toml`: parsed from text; errors are reported with their line and never
//! keep the workbench from starting. Reading the file and parsing key names happen elsewhere.

mod entries;
mod list;
mod model;
mod presets;
mod read;
mod read_tools;
mod tools;

pub use list::{ShownSetting, shown_settings};
pub use model::{KeyChoice, LinkSettings, Settings};
pub use read::read_settings;
pub use tools::{Decoder, Highlight, HighlightColour, Tools};
