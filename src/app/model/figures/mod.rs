//! Figures for people: counts, sizes, ages, rates, spans of time.

mod figures;
mod meter;

pub(crate) use figures::listed;

pub use figures::{age, count, counted, head, latency, per_second, size, span};
pub use meter::Meter;
