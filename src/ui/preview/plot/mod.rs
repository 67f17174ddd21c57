//! Numbers drawn as a line, as points, or as a histogram.

mod column;
mod view;

pub(crate) use column::{SLOT, column_work, laid, series_sheet};

pub use view::Series;
