//! Views of one payload: text, JSON tree, grid, image, facts, hex, raw bytes, findings.

mod as_kind;
mod caption;
mod captioned;
mod contract;
mod facts;
mod grid;
mod hex;
mod image;
mod message;
mod plot;
mod registry;
mod sample;
mod sound;
mod text;
mod tree;
mod viewport;
mod work;

pub(crate) use work::{OpenSheet, Ticket, ViewId};

pub(crate) use text::{BlockView, Paint, Pattern, Piece, width};
pub(crate) use viewport::Viewport;

pub use as_kind::{as_kind_sheet, output_sheet, value_sheet};
pub use contract::{Motion, Preview, PreviewContext, Searched, Sheet, Wish, Work, WorkResult};
pub use grid::{ROW_FILTER, grid_over};
pub use message::{
    difference_sheet, envelope_view, header_lines, log_sheet, mended_sheet, progress, severity_mark,
};
pub use plot::Series;
pub use registry::{Tab, Views, build_views};
pub use work::{FinishedWork, Started};
