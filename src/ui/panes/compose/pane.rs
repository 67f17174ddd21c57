//! The pane: the form, or the editor while a text is edited; also what was drawn where, for the mouse.

use super::editor::Editor;
use super::foot::{draw_foot, foot_lines};
use super::form::{FormLayout, draw_form, fit_form, in_view};
use crate::look::{Look, Role};
use crate::paint::{cells, field, fit_end, fit_middle, split};
use crate::panes::contract::{PaneView, Scene};
use crossterm::event::KeyEvent;
use natsbridge_app::{Action, Cell, ComposeMsg, FormRow, Msg, State, size};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// The pane's own state.
#[derive(Default)]
pub struct ComposePane {
    editor: Option<Editor>,
    layout: FormLayout,
    /// Whether the foot tells of the last send.
    tells_job: bool,
    /// Where the pane was drawn, for the mouse.
    area: Rect,
}

impl ComposePane {
    /// A key for the editor, while a text is written.
    pub fn key(&mut self, key: &KeyEvent, state: &State) -> Option<Msg> {
        self.open_editor(state)?.key(key)
    }

    /// A paste for the editor, while a text is written.
    pub fn paste(&mut self, text: &str, state: &State) -> Option<Msg> {
        self.open_editor(state)?.paste(text)
    }

    /// The editor of the current text; an editor for another text is replaced.
    fn open_editor(&mut self, state: &State) -> Option<&mut Editor> {
        let writing = state.compose.writing?;
        let editor = self.editor.as_ref();
        if editor.is_none_or(|editor| editor.writing() != writing) {
            let text = state.compose.content(writing.content).unwrap_or_default();
            self.editor = Some(Editor::new(writing, &text, &state.limits));
        }
        self.editor.as_mut()
    }
}

impl PaneView for ComposePane {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let composer = &scene.state.compose;
        let look = scene.look;
        let mode = match (&composer.writing, &composer.typing) {
            (Some(writing), _) => {
                let name = composer.content_name(writing.content);
                format!("writing {}", fit_middle(field(&name), 24))
            }
            (None, Some(_)) => "typing".into(),
            (None, None) => String::new(),
        };
        let mut spans = vec![look.span(mode, Role::Accent)];
        let mut told = Vec::new();
        if let Some(path) = &composer.draft {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            told.push(fit_middle(field(&name.unwrap_or_default()), 24));
        }
        if composer.would_be_lost() {
            told.push("edited".into());
        }
        if !told.is_empty() {
            let gap = if spans[0].content.is_empty() { "" } else { " · " };
            spans.push(look.span(format!("{gap}{}", told.join(" · ")), Role::Dim));
        }
        Line::from(spans)
    }

    fn position(&self, scene: Scene<'_>) -> String {
        let composer = &scene.state.compose;
        let room = usize::from(self.area.width.saturating_sub(4));
        match (&self.editor, composer.writing) {
            (Some(editor), Some(_)) => whole(&editor.position(), room),
            _ if scene.focused => whole(&about(scene.state, scene.look), room),
            _ => String::new(),
        }
    }

    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg> {
        self.area = area;
        if let Some(editor) = self.open_editor(scene.state) {
            editor.fit(area, scene.look);
            return None;
        }
        self.editor = None;
        let composer = &scene.state.compose;
        let newest = composer.jobs.iter().next().map(|job| FormRow::Job(job.id));
        let above = |foot: usize| split(area, usize::from(area.height) - foot);
        let (form, _) = above(foot_lines(area, scene, false).len());
        // The status of the last send is told below where its row is not in view.
        self.tells_job = newest.is_some_and(|spot| !in_view(form, self.layout.top, composer, spot));
        let (form, _) = above(foot_lines(area, scene, self.tells_job).len());
        self.layout = fit_form(form, self.layout.top, composer);
        None
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position> {
        if let Some(editor) = &self.editor {
            return editor.draw(buffer, scene.look);
        }
        let foot = foot_lines(area, scene, self.tells_job);
        let (form, below) = split(area, usize::from(area.height) - foot.len());
        let cursor = draw_form(form, &self.layout, buffer, scene);
        draw_foot(below, buffer, &foot, scene.look);
        cursor
    }

    fn click(&mut self, column: u16, row: u16, state: &State) -> Option<Msg> {
        if state.compose.writing.is_some() {
            if let Some(editor) = &mut self.editor {
                editor.click(column, row);
            }
            return None;
        }
        let index = self.layout.lines.get(usize::from(row)).copied().flatten()?;
        let cell = match column {
            _ if !self.layout.payloads.contains(&index) => None,
            column if column < self.layout.kind_at => Some(Cell::Name),
            column if column < self.layout.content_at => Some(Cell::Kind),
            _ => Some(Cell::Content),
        };
        Some(Msg::Compose(ComposeMsg::Click(index, cell)))
    }

    fn wheel(&mut self, rows: i16) -> Option<Msg> {
        match &mut self.editor {
            Some(editor) => {
                editor.scroll(rows);
                None
            }
            None => Some(Msg::Compose(ComposeMsg::Scroll(rows.signum().into()))),
        }
    }
}

/// As many parts of a hint as fit; only the first may be truncated.
fn whole(hint: &str, room: usize) -> String {
    let mut parts = hint.split(" · ");
    let mut text = fit_end(parts.next().unwrap_or_default(), room);
    for part in parts {
        if cells(&text) + cells(part) + 3 > room {
            break;
        }
        text = format!("{text} · {part}");
    }
    text
}

/// What the row under the cursor is for.
fn about(state: &State, look: &Look) -> String {
    let composer = &state.compose;
    let key = |action| look.key(action);
    match composer.cursor {
        FormRow::Field(field) => field.row().about.to_owned(),
        FormRow::More => "Rarely used fields".into(),
        FormRow::Payload(_) => format!(
            "← → name, kind, content · {} changes content · {} removes",
            key(Action::PayloadSource),
            key(Action::RemovePayload)
        ),
        FormRow::Add => "Text, file, clipboard, or captured payload".into(),
        FormRow::Send => format!("{} shows the exact bytes first", key(Action::DryRun)),
        FormRow::Responder(_) => format!("{} disarms it", key(Action::RemovePayload)),
        FormRow::Job(id) => {
            let bytes = composer.jobs.get(id).and_then(|job| job.report.as_ref());
            let told = bytes.filter(|report| !report.msg_id.is_empty()).map(|report| {
                let id = fit_middle(field(&report.msg_id), 20);
                format!("message {id} · {}", size(report.bytes))
            });
            told.unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn what_of_a_hint_does_not_fit_is_dropped_whole() {
        assert_eq!(whole("one · two · three", 17), "one · two · three");
        assert_eq!(whole("one · two · three", 16), "one · two");
        assert_eq!(whole("something long", 5), "some…");
    }
}
