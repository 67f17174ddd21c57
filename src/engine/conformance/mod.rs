//! Conformance of a live peer that echoes: what is sent to it, what has to come back, and where that differs.

mod cases;
mod compare;
mod conduct;
mod model;

pub use conduct::{Exchange, Probe};
pub use model::{Difference as ProbeDifference, ProbeResult, ProbeVerdict};
