//! The screen: the only place that knows ratatui and crossterm.

mod colours;
mod footer;
pub mod format;
mod graphics;
mod header;
mod input;
mod keymap;
mod layout;
mod look;
mod memory;
mod mistakes;
mod outside;
mod overlays;
mod paint;
mod panes;
pub mod preview;
mod run;
mod screen;
mod stats;
mod terminal;
mod text;
mod theme;
mod themes;
mod view_work;
mod views;
mod workbench;
mod workers;

pub use colours::Colours;
pub use graphics::{Graphics, Pictures, Protocol, TerminalPictures};
pub use keymap::Keymap;
pub use look::Look;
pub use memory::Memory;
pub use preview::{Motion, Preview, PreviewContext};
pub use run::{Interrupt, RunError, RunOptions, run};
pub use screen::Screen;
pub use stats::{Quantiles, RunReport};
pub use terminal::{
    LineKey, LineKeys, PanicPolicy, Signals, Terminal, TerminalSignal, install_panic_hook, panic_report,
};
pub use theme::{Role, Theme};
pub use themes::Themes;
pub use view_work::{Started, Worked};
pub use workbench::Workbench;
pub use workers::{Built, Done, Downloads, compose_work, open, slow, slow_work};
