//! Dispatches each overlay to its drawing function.

use super::drawn::{Drawn, OverlayScene};
use super::help::draw_help;
use super::marks::draw_marks;
use super::palette::draw_palette;
use super::pickers::{draw_choices, draw_contexts, draw_kinds, draw_readers, draw_stream, draw_tape};
use super::problems::draw_problems;
use super::prompt::draw_prompt;
use super::shape::draw_shape;
use super::text::draw_text;
use super::themes::draw_themes;
use crate::look::Look;
use natsbridge_app::{Overlay, State};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws what lies over the panes; `None` if nothing does.
pub fn draw_overlay(body: Rect, buffer: &mut Buffer, state: &State, look: &Look) -> Option<Drawn> {
    let scene = OverlayScene { body, state, look };
    Some(match &state.overlay.open {
        Overlay::None => return None,
        Overlay::Help(at) => draw_help(at, buffer, scene),
        Overlay::Palette(line, chosen) => draw_palette(line, *chosen, buffer, scene),
        Overlay::Prompt(purpose, line) => draw_prompt(*purpose, line, buffer, scene),
        Overlay::Contexts(chosen, names) => draw_contexts(names, *chosen, buffer, scene),
        Overlay::Stream(chosen, stream) => draw_stream(stream, *chosen, buffer, scene),
        Overlay::Tape(chosen, choices) => draw_tape(choices, *chosen, buffer, scene),
        Overlay::Problems(problems) => draw_problems(problems, buffer, scene),
        Overlay::Shape(chosen, sheet) => draw_shape(*chosen, sheet, buffer, scene),
        Overlay::Readers(chosen, readers) => draw_readers(readers, *chosen, buffer, scene),
        Overlay::Kinds(chosen, is) => draw_kinds(*is, *chosen, buffer, scene),
        Overlay::Choices(choices, chosen) => draw_choices(choices, *chosen, buffer, scene),
        Overlay::Marks(wanted) => draw_marks(*wanted, buffer, scene),
        Overlay::Text(top) => draw_text(*top, buffer, scene),
        Overlay::Themes(chosen, _) => draw_themes(*chosen, buffer, scene),
    })
}
