//! Views of one payload: text, JSON tree, grid, picture, facts, hex, raw bytes, findings.

mod as_kind;
mod blocks;
mod captioned;
mod contract;
mod difference;
mod envelope;
mod facts;
mod find;
mod findings;
mod grid;
mod header;
mod hex;
mod image;
mod link_panel;
mod log;
mod pattern;
mod piece;
mod plot;
mod raw;
mod registry;
mod sample;
mod text;
mod text_layout;
mod tree;
mod tree_rows;
mod viewport;

pub use as_kind::{as_kind_sheet, output_sheet, value_sheet};
pub use contract::{Motion, Preview, PreviewContext, Sheet, Wish, Work, WorkResult};
pub use difference::difference_sheet;
pub use envelope::envelope_view;
pub use grid::{ROW_FILTER, grid_over};
pub use header::header_lines;
pub use link_panel::progress;
pub use log::log_sheet;
pub use plot::Series;
pub use registry::{Tab, Views, build_views};
