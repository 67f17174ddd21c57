//! The message itself: its envelope, its findings, its links, and how it differs from another.

mod difference;
mod envelope;
mod findings;
mod header;
mod link_panel;
mod log;

pub(crate) use findings::findings_view;
pub(crate) use link_panel::LinkPanel;

pub use difference::{difference_sheet, mended_sheet};
pub use envelope::envelope_view;
pub use findings::severity_mark;
pub use header::header_lines;
pub use link_panel::progress;
pub use log::log_sheet;
