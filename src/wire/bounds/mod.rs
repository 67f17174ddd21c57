//! Limits, steps of long work, and panics of libraries turned into errors.

mod caught;
mod limits;
mod steps;

pub(crate) use caught::caught;

pub use caught::panics_are_caught;
pub use limits::Limits;
pub use steps::{Steps, Unwatched};
