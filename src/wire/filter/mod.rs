//! The filter language: one grammar for messages and table rows. The meaning of fields is defined by the callers.

mod expr;
mod fault;
mod parse;
mod token;

pub use expr::{Expr, Operator, Spanned, Term};
pub use fault::FilterError;
pub use parse::parse_filter;
