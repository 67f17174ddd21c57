//! Messages printed: prepared in batches on all cores, written in their order by a thread of its own.

mod block;
mod fetching;
mod form;
mod lines;
mod preparing;
mod printer;
mod turns;
mod writer;

pub use fetching::fetch_modes;
pub use printer::{EndArgs, PrintArgs, Printer, until};
