//! Conformance of a live peer that echoes: every kind, transport and dialect.

mod cases;
mod compare;
mod model;
mod run;

pub use model::{ProbeDifference, ProbeResult, ProbeVerdict};
pub use run::{Exchange, Probe};
