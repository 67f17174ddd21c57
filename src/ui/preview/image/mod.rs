//! Pictures: as pixels where the terminal has them, as half-blocks or letters elsewhere.

mod blocks;
mod render;
mod tests;
mod view;
mod window;

pub(crate) use view::ImageView;
