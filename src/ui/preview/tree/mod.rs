//! A JSON tree that folds.

mod rows;
mod view;

pub(crate) use view::TreeView;
