//! The program on the screen: the loop, its input, its workers, and what is remembered.

mod draw;
mod input;
mod memory;
mod mistakes;
mod outside;
mod run;
mod screen;
mod start;
mod stats;
mod views;
mod workbench;

pub use input::input;
pub use memory::SavedState;
pub use run::run;
pub use screen::Screen;
pub use start::{Interrupt, RunError, RunOptions};
pub use stats::{Quantiles, RunReport};
pub use workbench::Workbench;
