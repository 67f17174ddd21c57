//! Pickers: contexts, stream actions, the lists of the Compose pane.

use super::drawn::{Drawn, OverlayScene};
use crate::look::Role;
use crate::paint::{
    Pen, border_note_right, cells, centred, choices, field, fit_end, fit_middle, left, open_box, split,
    widest, wrap,
};
use natsbridge_app::{ChoiceKind, StreamChoice, TapeChoice, count, size};
use natsbridge_engine::counted;
use natsbridge_wire::{Answer, KINDS, Kind, Readability};
use ratatui::buffer::Buffer;

/// A list in a box: one row is chosen, sentences stand below.
#[derive(Default)]
struct Picker {
    title: String,
    rows: Vec<String>,
    /// What explains each row, where anything does.
    notes: Vec<String>,
    /// The row of what is in force.
    current: Option<usize>,
    chosen: usize,
    foot: Vec<String>,
}

/// Draws the contexts there are.
pub fn draw_contexts(names: &[String], chosen: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let current = scene.state.connection.context.as_ref();
    let picker = Picker {
        title: "Context".into(),
        rows: names.iter().map(|name| field(name).to_string()).collect(),
        current: names.iter().position(|name| current == Some(name)),
        chosen,
        foot: vec!["Enter switches to it · Esc closes".into()],
        ..Picker::default()
    };
    // Wide enough for the longest name with its marks.
    picker.draw((widest(&picker.rows) + 14).clamp(44, 76), buffer, scene)
}

/// Draws what can be done with a stream.
pub fn draw_stream(stream: &str, chosen: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let subjects = &scene.state.subjects;
    let followed = subjects.is_followed(stream);
    let mut foot = Vec::new();
    if let Some(facts) = subjects.streams.streams.iter().find(|facts| facts.name == stream) {
        let (first, last) = facts.sequences;
        let numbers = if facts.messages > 0 {
            format!(" · no. {} to {}", count(first), count(last))
        } else {
            String::new()
        };
        let messages = counted(facts.messages, "message");
        foot.push(format!("{messages} · {}{numbers}", size(facts.bytes)));
        let listed = facts.subjects.iter().take(8);
        let listed: Vec<String> = listed.map(|subject| field(subject).to_string()).collect();
        foot.push(listed.join("  "));
        if facts.consuming {
            foot.push(
                "Consuming a message from this queue removes it. The workbench only reads: nothing \
                       is consumed."
                    .into(),
            );
        }
    }
    foot.push("Enter selects · Esc closes".into());
    let labels = StreamChoice::ALL.iter().map(|choice| choice.label(followed));
    let picker = Picker {
        title: fit_middle(field(stream), 40),
        rows: labels.map(str::to_owned).collect(),
        chosen,
        foot,
        ..Picker::default()
    };
    picker.draw(54, buffer, scene)
}

/// Draws what can be saved as a tape.
pub fn draw_tape(
    choices: &[TapeChoice],
    chosen: usize,
    buffer: &mut Buffer,
    scene: OverlayScene<'_>,
) -> Drawn {
    let notes = choices.iter().map(|choice| counted(choice.messages, "message"));
    let picker = Picker {
        title: "Save messages".into(),
        rows: choices.iter().map(|choice| choice.scope.label().into()).collect(),
        notes: notes.collect(),
        chosen,
        foot: vec!["Enter asks for the file · Esc closes".into()],
        ..Picker::default()
    };
    picker.draw(60, buffer, scene)
}

/// Draws the kinds that a payload could be shown as.
pub fn draw_kinds(is: Kind, chosen: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
    let about = KINDS.iter().map(|row| row.about.trim_end_matches('.'));
    let picker = Picker {
        title: "View as".into(),
        rows: KINDS.iter().map(|row| row.name.to_owned()).collect(),
        notes: about.map(str::to_owned).collect(),
        current: Some(is as usize),
        chosen,
        foot: vec!["Enter views it this way · Esc closes".into()],
    };
    picker.draw(70, buffer, scene)
}

/// Draws the peers a message can be mended for, and how much of it each can read now.
pub fn draw_readers(
    readers: &[Answer],
    chosen: usize,
    buffer: &mut Buffer,
    scene: OverlayScene<'_>,
) -> Drawn {
    let reasons = readers.get(chosen).map_or(&[][..], |answer| &answer.reasons);
    let most = 4;
    let listed = reasons.iter().take(most);
    let mut foot: Vec<String> = listed
        .map(|reason| format!("· {}", field(&reason.message)))
        .collect();
    if reasons.len() > most {
        foot.push(format!("· and {} more", reasons.len() - most));
    }
    foot.push("Enter shows the rewritten message for this peer · Esc closes".into());
    let notes = readers.iter().map(|answer| match answer.reads {
        Readability::Yes => "reads all of it",
        Readability::Partly => "reads part of it",
        Readability::No => "cannot read it",
    });
    let picker = Picker {
        title: "Mend for".into(),
        rows: readers.iter().map(|answer| answer.title.to_owned()).collect(),
        notes: notes.map(str::to_owned).collect(),
        chosen,
        foot,
        ..Picker::default()
    };
    picker.draw(70, buffer, scene)
}

/// Draws a list of the Compose pane.
pub fn draw_choices(
    choice: &ChoiceKind,
    chosen: usize,
    buffer: &mut Buffer,
    scene: OverlayScene<'_>,
) -> Drawn {
    let list = choice.list(&scene.state.compose);
    let clean = |text: &String| field(text).to_string();
    let mut foot: Vec<String> = list.foot.iter().map(clean).collect();
    foot.push(if matches!(choice, ChoiceKind::Columns(_)) {
        "Esc closes".into()
    } else {
        "Enter selects · Esc closes".into()
    });
    let labels = list.rows.iter().map(|row| fit_middle(field(&row.label), 40));
    let mut rows: Vec<String> = labels.collect();
    if list.rows.iter().any(|row| !row.value.is_empty()) {
        let widest = widest(&rows);
        for (text, row) in rows.iter_mut().zip(&list.rows) {
            *text = format!("{}  {}", left(&*text, widest), field(&row.value));
        }
    }
    let picker = Picker {
        title: fit_middle(field(&list.title), 60),
        rows,
        notes: list.rows.iter().map(|row| clean(&row.note)).collect(),
        current: list.rows.iter().position(|row| row.current),
        chosen,
        foot,
    };
    let width = widest(&picker.rows) + widest(&picker.notes) + 16;
    let least = (cells(&picker.title) + 6).max(widest(&picker.foot).min(70) + 4);
    picker.draw(width.max(least).clamp(36, 100), buffer, scene)
}

impl Picker {
    fn draw(&self, width: usize, buffer: &mut Buffer, scene: OverlayScene<'_>) -> Drawn {
        let OverlayScene { body, look, .. } = scene;
        let width = (width as u16).min(body.width);
        let room = usize::from(width.saturating_sub(4)).max(1);
        let foot: Vec<String> = self.foot.iter().flat_map(|text| wrap(text, room)).collect();
        let height = (self.rows.len() + foot.len() + 3) as u16;
        let area = centred(body, width, height);
        let inner = open_box(&self.title, area, buffer, look);
        // The list comes first where there is no room for all.
        let most = usize::from(inner.height).saturating_sub(self.rows.len().min(2) + 1);
        let feet = foot.len().min(most);
        let (list, below) = split(inner, usize::from(inner.height) - feet);
        if usize::from(list.height) < self.rows.len() {
            let at = format!(" {} of {} ", count(self.chosen + 1), count(self.rows.len()));
            border_note_right(&at, 2, area, buffer, look);
        }
        let widest = widest(&self.rows);
        let top = choices(list, (self.chosen, self.rows.len()), buffer, look, |pen, i| {
            let mark = if self.current == Some(i) { "  ● now" } else { "" };
            let text = fit_middle(&self.rows[i], pen.room().saturating_sub(cells(mark) + 1));
            pen.plain(&text);
            if let Some(note) = self.notes.get(i).filter(|note| !note.is_empty()) {
                pen.skip((widest + 2).saturating_sub(cells(&text)));
                let room = pen.room().saturating_sub(cells(mark) + 1);
                pen.mark(fit_end(note, room), Role::Dim);
            }
            pen.mark(mark, Role::Good);
        });
        for (row, text) in below.rows().zip(&foot[foot.len() - feet..]) {
            Pen::new(buffer, row, look).skip(1).write(text, Role::Dim);
        }
        let (list, _) = split(list, self.rows.len());
        Drawn::new(area).with_list(list, top)
    }
}
