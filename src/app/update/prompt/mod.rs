//! Prompts: opening them, and what completes the line typed into them.

mod commands;
mod known;
mod offers;
mod open;

pub(crate) use commands::{Meaning, meaning_of};
pub(crate) use known::known_values;
pub(crate) use open::{offer, prompt, take_offers, take_paths};
