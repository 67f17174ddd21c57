//! The same send as a command or a program of other tools: one file per tool, one list of them.

mod command;
mod javascript;
mod julia;
mod material;
mod nats;
mod python;
mod quoted;
mod registry;
mod rust;

pub use registry::{CopyAs, copy_as};
