//! Text: wrapped or not, searched, as Markdown.

mod blocks;
mod find;
mod layout;
mod markdown;
mod matches;
mod pattern;
mod piece;
mod tests;
mod view;

pub(crate) use blocks::{Block, BlockView, Paragraph};
pub(crate) use find::find_in_blob;
pub(crate) use markdown::looks_like_markdown;
pub(crate) use matches::Matches;
pub(crate) use pattern::Pattern;
pub(crate) use piece::{Paint, Piece, above_detail, clipped, draw_detail, to_line, width, wrap};
pub(crate) use view::TextView;
