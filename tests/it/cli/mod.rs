//! The built program on the command line: its verbs, what they print, and how they end.

mod check;
mod check_corpus;
#[cfg(unix)]
mod checked_files;
mod cleaned_outputs;
mod commands_of_pages;
mod contexts;
mod drafts;
mod dry_runs;
mod files_by_link;
#[cfg(unix)]
mod files_that_are_none;
mod guide;
mod listen_and_send;
#[cfg(unix)]
mod listening_in_a_flood;
mod listening_to_links;
#[cfg(target_os = "linux")]
mod memory;
mod read_only;
mod request_and_reply;
#[cfg(unix)]
mod secrets;
mod shapes;
mod surroundings;
mod tape_refusals;
mod tape_verbs;
#[cfg(target_os = "linux")]
mod unread_output;
mod usage;
