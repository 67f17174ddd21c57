//! The screen: the only place that knows ratatui and crossterm.

mod preview;
mod theme;

pub use theme::{Role, Theme};
