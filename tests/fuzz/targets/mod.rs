//! What is fuzzed: one file each; the registry is the only list.

mod arrow;
mod frames;
mod media;
mod message;
mod pictures;
mod registry;
mod tapes;

pub use registry::{TARGETS, Target};
