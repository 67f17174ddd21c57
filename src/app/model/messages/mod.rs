//! The list of messages: what is narrowed to, filtered, selected, found, highlighted and marked.

mod highlights;
mod list;
mod marked;
mod matches;
mod messages;
mod narrow;
mod numbers;
mod rows;
mod sift;
mod text_filter;

pub use marked::{MarkUse, Marked};
pub use matches::Matches;
pub use messages::{Clock, Follow, Messages};
pub use narrow::ListScope;
pub use numbers::Numbers;
pub use rows::{Describe, Described, RowFacts};
pub use sift::{Among, Sift, Sifted};
pub use text_filter::TextFilter;
