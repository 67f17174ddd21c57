//! A JSON tree that folds.

mod rows;
mod tests;
mod view;

pub(crate) use view::TreeView;
