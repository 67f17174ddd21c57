//! Images: as pixels if the terminal supports them, otherwise as half-blocks or characters.

mod blocks;
mod render;
mod tests;
mod view;
mod window;

pub(crate) use view::ImageView;
