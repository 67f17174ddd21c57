//! Conformance of a live peer that echoes: what is sent to it, what must come back, and where that differs.

mod cases;
mod compare;
mod model;
mod run;

pub use model::{ProbeDifference, ProbeResult, ProbeVerdict};
pub use run::{Exchange, Probe};
