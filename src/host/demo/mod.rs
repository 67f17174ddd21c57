//! The demo's scripted peers: lively traffic in every dialect, with conversations and some broken messages.

mod asset;
mod device;
mod echo;
mod letter;
mod peers;
mod random;
mod stage;
mod theatre;

pub use theatre::{Demo, DemoError, DemoOptions};
