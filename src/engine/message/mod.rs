//! A message as it came and the row that is kept of it.

mod arrival_clock;
mod found;
mod gap;
mod headers;
mod incoming;
mod marker;
mod row;

pub(crate) use arrival_clock::ArrivalClock;
pub(crate) use headers::{header_lines, header_list, may_be_header};
pub(crate) use marker::{failure, marker};

pub use found::{Codes, Found};
pub use gap::Gap;
pub use headers::Headers;
pub use incoming::Incoming;
pub use row::{MessageDigest, Row, StoredMessage};
