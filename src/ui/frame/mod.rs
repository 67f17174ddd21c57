//! The frame around the panes: layout, header, footer.

mod footer;
mod header;
mod layout;

pub(crate) use footer::draw_footer;
pub(crate) use header::{draw_header, since};
pub(crate) use layout::{LEAST, Layout, Split, Splits};
