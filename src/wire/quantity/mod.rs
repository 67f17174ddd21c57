//! Quantities as people write them, in one grammar for filters, the command line, settings and Compose.

mod byte_size;
mod duration;
mod point_in_time;

pub use byte_size::{SizeError, byte_size, size_text};
pub use duration::{DurationError, RateError, delay, duration, duration_text, rate};
pub use point_in_time::point_in_time;
