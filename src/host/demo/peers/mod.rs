//! The peers: one file each, and the list of them.

mod javascript;
mod julia;
mod micropython;
mod mischief;
mod ours;
mod plain;
mod python;
mod registry;

pub use micropython::DEVICE;
pub use registry::PEERS;
