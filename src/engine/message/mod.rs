//! A message as it came and the row that is kept of it.

mod incoming;
mod row;

pub use incoming::Incoming;
pub use row::{Row, RowDigest, StoredMessage};
