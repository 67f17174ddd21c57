//! The filter language: one grammar for messages and for the rows of a table. What a field means is said by who asks.

mod expr;
mod fault;
mod parse;
mod quantity;
mod token;

pub use expr::{Compare, Expr, Term, Typed};
pub use fault::FilterFault;
pub use parse::parse_filter;
pub use quantity::{duration_us, number_of_bytes};
