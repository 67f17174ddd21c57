//! The screen: the only place that knows ratatui and crossterm.

pub mod format;
pub mod preview;
mod terminal;
mod theme;

pub use terminal::{PanicPolicy, Signals, Terminal, TerminalSignal, install_panic_hook, panic_report};
pub use theme::{Role, Theme};
