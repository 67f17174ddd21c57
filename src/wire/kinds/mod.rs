//! The eight payload kinds: one row each in the registry; pickers, badges, help and docs derive from it.

mod registry;

pub use registry::{KINDS, Kind, KindSpec};
