//! Prompts: opening them, and what completes the line typed into them.

mod commands;
mod known;
mod offers;
mod open;
mod paths;

pub(crate) use commands::{Meaning, meaning_of};
pub(crate) use known::known_values;
pub(crate) use offers::begins_a_field;
pub(crate) use open::{offer, prompt, propose, refuse, refuse_file, take_free_name, take_offers, take_paths};
