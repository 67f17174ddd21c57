//! A send as a command or program for other tools: one file per tool, one registry.

mod command;
mod javascript;
mod julia;
mod material;
mod nats;
mod python;
mod quoted;
mod registry;
mod rust;

pub use registry::{CopyFormat, copy_as};
