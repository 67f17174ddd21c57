//! The screen: the only place that knows ratatui and crossterm.

#![cfg(feature = "terminal")]

mod frame;
mod graphics;
mod look;
mod overlays;
mod paint;
mod panes;
pub mod preview;
mod shell;
mod terminal;
mod workers;

pub use graphics::{Colours, Graphics, ImageMethod, Protocol, TerminalGraphics};
pub use look::{Keymap, Look, Role, Theme, Themes};
pub use paint::counted;
pub use preview::{FinishedWork, Motion, Preview, PreviewContext, Started};
pub use shell::{
    Interrupt, Quantiles, RunError, RunOptions, RunReport, SavedState, Screen, Workbench, input, run,
};
pub use terminal::{
    LineKey, LineKeys, PanicPolicy, Signals, Terminal, TerminalSignal, install_panic_hook, panic_report,
    redact,
};
pub use workers::{Done, MessageViews, compose_work, describe, fetch_link, long_work, open, sift};
