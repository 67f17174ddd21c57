//! Painting into a buffer: pens, widths, formats.

pub(crate) mod format;
mod pen;
mod width;

pub(crate) use format::{count, seconds, size};
pub(crate) use pen::{Pen, centred, empty_notice, offered, open_box, row_of, scrolled, wrap};
pub(crate) use width::{cells, field, fit_end, fit_middle, head, left, right, sparkline};

pub use format::counted;
