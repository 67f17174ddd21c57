//! What is done in overlays: prompts answered, commands run, things picked.

mod act;
mod answer;
mod command_line;
mod go_to;
mod line;
mod pick;
mod problems;
mod search;
mod shape;
mod tour;

pub(crate) use act::{act_on_overlay, overlay_message};
pub(crate) use line::{complete_prompt, edit};
pub(crate) use search::find;
pub(crate) use shape::show_shape;
pub(crate) use tour::attend_tour;
