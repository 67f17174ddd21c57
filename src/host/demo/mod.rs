//! The demo's scripted peers: lively traffic in every dialect, with conversations and some broken messages.

mod assets;
mod demo;
mod device;
mod echo;
mod foreign_envelope;
mod player;
mod random;
mod script;

pub use assets::DemoAssets;
pub use demo::{Demo, DemoError, DemoOptions};
