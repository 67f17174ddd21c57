//! The connection to the broker and the traffic on it.

mod status;
mod traffic;

pub(crate) use status::ConnectionChange;

pub use status::ConnectionStatus;
pub use traffic::Traffic;
