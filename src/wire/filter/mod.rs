//! The filter language: one grammar for messages and table rows. The meaning of fields is defined by the callers.

mod expr;
mod fault;
mod parse;
mod token;

pub use expr::{Compare, Expr, Term, Typed};
pub use fault::FilterFault;
pub use parse::parse_filter;
