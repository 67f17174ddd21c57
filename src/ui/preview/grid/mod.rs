//! A grid over a table, and everything that can be done in it.

mod arrange;
mod arrangement;
mod copying;
mod facts;
mod finding;
mod json_rows;
mod layout;
mod model;
mod paint;
mod shown;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod value_tests;
mod view;
mod writing;

pub(crate) use json_rows::JsonRows;
pub(crate) use model::GridView;

pub use arrange::ROW_FILTER;
pub use view::grid_over;
