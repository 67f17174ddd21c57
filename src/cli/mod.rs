//! The command line: arguments, one file per verb, the place where the parts are put together.

mod args;
mod block;
mod connection;
mod context;
mod examples;
mod exit;
mod fetching;
mod literals;
mod logs;
mod output;
mod payloads;
mod run;
mod settings_file;
mod sources;
mod stop;
mod verbs;
mod workbench;

pub use exit::{EXITS, Exit};
pub use run::{definition, run};
