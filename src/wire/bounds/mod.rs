//! Limits, the memory that decoding may take, steps of long work, and panics of libraries turned into errors.

mod budget;
mod caught;
mod ledger;
mod limits;
mod settable;
mod steps;

pub(crate) use caught::caught;

pub use budget::{Account, Budget, Charge, Excess};
pub use caught::panics_are_caught;
pub use ledger::{Depth, Ledger};
pub use limits::Limits;
pub use settable::{LimitError, nearest};
pub use steps::{Steps, Unwatched};
