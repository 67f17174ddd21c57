//! The workbench as a person sees it: on a test screen, driven by keys, and in real terminals.

mod commands_and_keys;
mod compose;
mod compose_files;
mod contexts_and_streams;
mod doctor;
mod endless_texts;
mod event_loop;
#[cfg(unix)]
mod first_conversation;
#[cfg(unix)]
mod foreign_texts;
#[cfg(unix)]
mod idle;
#[cfg(unix)]
mod keys;
#[cfg(unix)]
mod keys_of_pages;
mod links;
mod marks;
mod memory_between_runs;
mod message_page;
mod pages;
mod payloads;
mod saved_tapes;
mod selection;
mod shapes;
#[cfg(unix)]
mod sizes;
mod snapshots;
mod spill;
mod stored_payloads;
mod surroundings;
mod tapes;
mod terminal_restored;
mod timeline;
#[cfg(unix)]
mod tour;
mod whole_screens;
