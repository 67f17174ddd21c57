//! The store: messages kept raw and in order, within their bounds.

mod counters;
mod examinations;
mod found_codes;
mod gaps;
mod inner;
mod segment;
mod slots;
mod store;
mod text_search;

pub use counters::Counters;
pub use store::Store;
pub use text_search::TextSearch;
