//! The connection to the broker and the traffic on it.

mod status;
mod traffic;

pub use status::ConnectionStatus;
pub use traffic::Traffic;
