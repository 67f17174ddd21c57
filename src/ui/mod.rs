//! The screen: the only place that knows ratatui and crossterm.

mod colours;
mod footer;
mod header;
mod input;
mod keymap;
mod layout;
mod look;
mod overlays;
mod paint;
mod panes;
mod preview;
mod run;
mod screen;
mod stats;
mod text;
mod theme;
mod themes;
mod workbench;
mod workers;

pub use colours::Colours;
pub use keymap::Keymap;
pub use look::Look;
pub use preview::{Motion, Preview, PreviewContext};
pub use run::{Interrupt, RunError, RunOptions, run};
pub use screen::Screen;
pub use stats::{Histogram, Quantiles, RunReport};
pub use theme::{Role, Theme};
pub use themes::Themes;
pub use workbench::Workbench;
pub use workers::{Built, open};
