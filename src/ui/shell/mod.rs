//! The program on the screen: the loop, its input, its workers, and what is remembered.

mod input;
mod memory;
mod mistakes;
mod outside;
mod run;
mod screen;
mod stats;
mod views;
mod workbench;

pub use memory::Memory;
pub use run::{Interrupt, RunError, RunOptions, run};
pub use screen::Screen;
pub use stats::{Quantiles, RunReport};
pub use workbench::Workbench;
