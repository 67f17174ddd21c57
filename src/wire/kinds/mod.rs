//! The eight payload kinds: one row each in the registry; pickers, badges, help and docs derive from it.

mod kind;
mod registry;

pub use kind::Kind;
pub use registry::{KINDS, KindSpec};
