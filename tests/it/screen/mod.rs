//! The workbench as a person sees it: on a test screen, driven by keys, and in real terminals.

mod commands_and_keys;
mod compose;
mod compose_files;
mod contexts_and_streams;
mod doctor;
mod event_loop;
#[cfg(unix)]
mod first_conversation;
mod links;
mod marks;
mod memory_between_runs;
mod payloads;
mod selection;
mod snapshots;
mod stored_payloads;
mod tapes;
mod terminal_restored;
mod timeline;
mod whole_screens;
