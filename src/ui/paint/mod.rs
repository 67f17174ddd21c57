//! Painting into a buffer: pens, widths, formats.

mod area;
pub(crate) mod format;
mod pen;
mod width;

pub(crate) use area::{centred, indented, row_of, scrolled, split};
pub(crate) use format::{count, seconds, size};
pub(crate) use pen::{
    Pen, border_note, border_note_right, choices, empty_notice, measure, offered, open_box, wrap,
};
pub(crate) use width::{
    cells, cut_text, field, fit_end, fit_middle, fit_path, left, mixed_mark, right, sparkline, widest,
};

pub use format::counted;
pub(crate) use natsbridge_app::head;
