//! The built program on the command line: its verbs, what they print, and how they end.

mod check;
mod check_corpus;
mod contexts;
mod drafts;
mod dry_runs;
mod files_by_link;
mod listen_and_send;
mod listening_to_links;
mod readme;
mod request_and_reply;
#[cfg(unix)]
mod secrets;
mod tape_refusals;
mod tape_verbs;
mod usage;
