//! Figures for people: counts, sizes, ages, rates, durations.

mod durations;
mod figures;
mod meter;

pub(crate) use durations::delay;
pub(crate) use figures::listed;

pub use durations::{duration, rate};
pub use figures::{age, count, counted, latency, per_second, size, span};
pub use meter::{Meter, SAMPLES};
