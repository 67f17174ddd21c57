//! Quantities as people write them, in one grammar for filters, the command line, settings and Compose.

mod byte_size;
mod duration;

pub use byte_size::{SizeError, byte_size};
pub use duration::{DurationError, RateError, delay, duration, duration_text, rate};
