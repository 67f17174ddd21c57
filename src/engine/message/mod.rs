//! A message as it came and the row that is kept of it.

mod found;
mod incoming;
mod row;

pub use found::{Codes, Found};
pub use incoming::Incoming;
pub use row::{MessageDigest, Row, StoredMessage};
