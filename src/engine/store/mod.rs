//! The store: messages kept raw and in order, within their bounds, in memory and beyond it on disk.

mod arena;
mod batch;
mod books;
mod chunks;
mod contents;
mod counters;
mod digesting;
mod examinations;
mod finding;
mod found_sets;
mod gaps;
mod page;
mod page_file;
mod pages;
mod recent;
mod record;
mod shape_watch;
mod slot;
mod spill_fault;
mod spiller;
mod store;
mod subject_column;
mod text_search;

pub(crate) use books::MORE_WORDS;

pub use batch::Batch;
pub use counters::Counters;
pub use page_file::try_spill_folder;
pub use spill_fault::SpillFault;
pub use store::Store;
pub use text_search::TextSearch;
