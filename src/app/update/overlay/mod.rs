//! What is done in overlays: prompts answered, commands run, things picked.

mod act;
mod command_line;
mod contexts;
mod problems;
mod prompt;

pub(crate) use act::{act_on_overlay, choose, edit};

pub use contexts::{exposed_file, exposed_secrets};
