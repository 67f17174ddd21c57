//! The command line: arguments, one file per verb, and wiring of all parts.

mod answer_command;
mod answers;
mod args;
mod block;
mod built_in_themes;
mod connection;
mod connection_sources;
mod context;
mod demo_assets;
mod examples;
mod exit;
mod exposed_secrets;
mod fetching;
mod links;
mod literals;
mod logs;
mod memory;
mod message_args;
mod output;
mod payloads;
mod probe_report;
mod reports;
mod rules;
mod run;
mod settings_file;
mod stop;
mod upload_line;
mod verbs;
mod workbench;

pub use built_in_themes::built_in_themes;
pub use demo_assets::DEMO_ASSETS;
pub use exit::{EXITS, Exit};
pub use rules::rules_page;
pub use run::{definition, run};
