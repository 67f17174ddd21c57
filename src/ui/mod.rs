//! The screen: the only place that knows ratatui and crossterm.

pub mod format;
pub mod preview;
mod theme;

pub use theme::{Role, Theme};
