//! Dispatches each overlay to its drawing function.

use super::drawn::Drawn;
use super::help::draw_help;
use super::marks::draw_marks;
use super::palette::draw_palette;
use super::pickers::{draw_choices, draw_contexts, draw_kinds, draw_readers, draw_stream};
use super::problems::draw_problems;
use super::prompt::draw_prompt;
use super::text::draw_text;
use super::themes::draw_themes;
use crate::look::Look;
use natsbridge_app::{Overlay, State};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws what lies over the panes; `None` if nothing does.
pub fn draw_overlay(body: Rect, buffer: &mut Buffer, state: &State, look: &Look) -> Option<Drawn> {
    match &state.overlay.open {
        Overlay::None => None,
        Overlay::Help(top) => Some(draw_help(body, buffer, state.place(), *top, look)),
        Overlay::Palette(line, chosen) => Some(draw_palette(body, buffer, line, *chosen, look)),
        Overlay::Prompt(purpose, line) => Some(draw_prompt(body, buffer, *purpose, line, state, look)),
        Overlay::Contexts(chosen, names) => Some(draw_contexts(body, buffer, (names, *chosen), state, look)),
        Overlay::Stream(chosen, stream) => Some(draw_stream(body, buffer, (stream, *chosen), state, look)),
        Overlay::Problems(problems) => Some(draw_problems(body, buffer, problems, state, look)),
        Overlay::Readers(chosen, readers) => Some(draw_readers(body, buffer, (readers, *chosen), look)),
        Overlay::Kinds(chosen, is) => Some(draw_kinds(body, buffer, (*is, *chosen), look)),
        Overlay::Choices(choices, chosen) => {
            Some(draw_choices(body, buffer, (choices, *chosen), state, look))
        }
        Overlay::Marks(wanted) => Some(draw_marks(body, buffer, *wanted, state, look)),
        Overlay::Text(top) => Some(draw_text(body, buffer, *top, state, look)),
        Overlay::Themes(chosen, _) => {
            Some(draw_themes(body, buffer, &state.appearance.themes, *chosen, look))
        }
    }
}
