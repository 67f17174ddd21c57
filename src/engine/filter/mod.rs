//! Filters over messages: what each field of the filter language means for a message, cheapest tests first.

mod candidate;
mod condition;
mod fields;
mod message_filter;
mod value_series;

pub use candidate::Candidate;
pub use fields::{FILTER_FIELDS, FilterFieldSpec, filter_table_markdown};
pub use message_filter::MessageFilter;
pub use value_series::value_series;
