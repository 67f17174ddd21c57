//! Pickers: contexts, stream actions, the lists of the Compose pane.

use super::drawn::Drawn;
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, centred, field, fit_end, fit_middle, left, open_box, row_of, scrolled, wrap};
use natsbridge_app::{ChoiceKind, State, StreamChoice, count, size};
use natsbridge_engine::counted;
use natsbridge_wire::{Answer, KINDS, Kind, Readability};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A list in a box: one row is chosen, sentences stand below.
struct Picker<'a> {
    title: &'a str,
    rows: Vec<String>,
    /// What explains each row, where anything does.
    notes: Vec<String>,
    /// The row of what is in force.
    current: Option<usize>,
    chosen: usize,
    foot: Vec<String>,
}

/// Draws the contexts there are.
pub fn draw_contexts(
    body: Rect,
    buffer: &mut Buffer,
    (names, chosen): (&[String], usize),
    state: &State,
    look: &Look,
) -> Drawn {
    let picker = Picker {
        title: "Context",
        rows: names.iter().map(|name| field(name).as_str().to_owned()).collect(),
        notes: vec![],
        current: names
            .iter()
            .position(|name| state.connection.context.as_ref() == Some(name)),
        chosen,
        foot: vec!["Enter switches to it · Esc closes".into()],
    };
    // Wide enough for the longest name with its marks.
    let widest = picker.rows.iter().map(|row| cells(row) + 14).max().unwrap_or(0);
    picker.draw((widest as u16).clamp(44, 76), body, buffer, look)
}

/// Draws what can be done with a stream.
pub fn draw_stream(
    body: Rect,
    buffer: &mut Buffer,
    (stream, chosen): (&str, usize),
    state: &State,
    look: &Look,
) -> Drawn {
    let followed = state.subjects.is_followed(stream);
    let facts = state
        .subjects
        .streams
        .streams
        .iter()
        .find(|facts| facts.name == stream);
    let mut foot = Vec::new();
    if let Some(facts) = facts {
        let (first, last) = facts.sequences;
        let numbers = if facts.messages > 0 {
            format!(" · #{} to #{}", count(first), count(last))
        } else {
            String::new()
        };
        foot.push(format!(
            "{} · {}{numbers}",
            counted(facts.messages as usize, "message"),
            size(facts.bytes)
        ));
        foot.push(
            facts
                .subjects
                .iter()
                .take(8)
                .map(|subject| field(subject).as_str().to_owned())
                .collect::<Vec<_>>()
                .join("  "),
        );
        if facts.consuming {
            foot.push(
                "Consuming a message from this queue removes it. The workbench only reads: nothing \
                       is consumed."
                    .into(),
            );
        }
    }
    foot.push("Enter selects · Esc closes".into());
    let title = fit_middle(field(stream).as_str(), 40);
    let picker = Picker {
        title: &title,
        rows: StreamChoice::ALL
            .iter()
            .map(|choice| choice.label(followed).to_owned())
            .collect(),
        notes: vec![],
        current: None,
        chosen,
        foot,
    };
    picker.draw(54, body, buffer, look)
}

/// Draws the kinds that a payload could be shown as.
pub fn draw_kinds(body: Rect, buffer: &mut Buffer, (is, chosen): (Kind, usize), look: &Look) -> Drawn {
    let picker = Picker {
        title: "View as",
        rows: KINDS.iter().map(|row| row.name.to_owned()).collect(),
        notes: KINDS
            .iter()
            .map(|row| row.about.trim_end_matches('.').to_owned())
            .collect(),
        current: Some(is as usize),
        chosen,
        foot: vec!["Enter views it this way · Esc closes".into()],
    };
    picker.draw(70, body, buffer, look)
}

/// Draws the peers a message can be mended for, and how much of it each can read now.
pub fn draw_readers(
    body: Rect,
    buffer: &mut Buffer,
    (readers, chosen): (&[Answer], usize),
    look: &Look,
) -> Drawn {
    let reasons = readers.get(chosen).map_or(&[][..], |answer| &answer.reasons);
    let mut foot: Vec<String> = reasons
        .iter()
        .map(|reason| format!("· {}", field(&reason.message).as_str()))
        .collect();
    let most = 4;
    if foot.len() > most {
        let more = foot.len() - most;
        foot.truncate(most);
        foot.push(format!("· and {more} more"));
    }
    foot.push("Enter shows the rewritten message for this peer · Esc closes".into());
    let picker = Picker {
        title: "Mend for",
        rows: readers.iter().map(|answer| answer.title.to_owned()).collect(),
        notes: readers
            .iter()
            .map(|answer| match answer.reads {
                Readability::Yes => "reads all of it".to_owned(),
                Readability::Partly => "reads part of it".to_owned(),
                Readability::No => "cannot read it".to_owned(),
            })
            .collect(),
        current: None,
        chosen,
        foot,
    };
    picker.draw(70, body, buffer, look)
}

/// Draws a list of the Compose pane.
pub fn draw_choices(
    body: Rect,
    buffer: &mut Buffer,
    (choices, chosen): (&ChoiceKind, usize),
    state: &State,
    look: &Look,
) -> Drawn {
    let list = choices.list(&state.compose);
    let clean = |text: &String| field(text).as_str().to_owned();
    let mut foot: Vec<String> = list.foot.iter().map(clean).collect();
    foot.push(if matches!(choices, ChoiceKind::Columns(_)) {
        "Esc closes".into()
    } else {
        "Enter selects · Esc closes".into()
    });
    let title = fit_middle(field(&list.title).as_str(), 60);
    let mut rows: Vec<String> = list
        .rows
        .iter()
        .map(|row| fit_middle(&clean(&row.label), 40))
        .collect();
    if list.rows.iter().any(|row| !row.value.is_empty()) {
        let widest = rows.iter().map(|row| cells(row)).max().unwrap_or(0);
        for (text, row) in rows.iter_mut().zip(&list.rows) {
            *text = format!("{}  {}", left(text, widest), clean(&row.value));
        }
    }
    let picker = Picker {
        title: &title,
        rows,
        notes: list.rows.iter().map(|row| clean(&row.note)).collect(),
        current: list.rows.iter().position(|row| row.current),
        chosen,
        foot,
    };
    let widest = |texts: &[String]| texts.iter().map(|text| cells(text)).max().unwrap_or(0);
    let width = widest(&picker.rows) + widest(&picker.notes) + 16;
    let width = width.max(cells(&title) + 6).max(widest(&picker.foot).min(70) + 4);
    picker.draw(width.clamp(36, 100) as u16, body, buffer, look)
}

/// The style of what recedes on the ground of another.
fn dimmed(base: Style, look: &Look) -> Style {
    base.patch(Style {
        bg: None,
        ..look.style(Role::Dim)
    })
}

impl Picker<'_> {
    fn draw(&self, width: u16, body: Rect, buffer: &mut Buffer, look: &Look) -> Drawn {
        let width = width.min(body.width);
        let foot: Vec<String> = self
            .foot
            .iter()
            .flat_map(|text| wrap(text, usize::from(width.saturating_sub(4)).max(1)))
            .collect();
        let height = (self.rows.len() + foot.len() + 3) as u16;
        let area = centred(body, width, height);
        let inner = open_box(self.title, area, buffer, look);
        // The list comes first where there is no room for all.
        let feet = foot.len().min(usize::from(inner.height).saturating_sub(3));
        let list = Rect {
            height: inner.height - feet as u16,
            ..inner
        };
        if usize::from(list.height) < self.rows.len() {
            let at = format!(
                " {} of {} ",
                count(self.chosen as u64 + 1),
                count(self.rows.len() as u64)
            );
            let foot = Rect {
                x: (area.right() - 2).saturating_sub(cells(&at) as u16),
                y: area.bottom() - 1,
                width: cells(&at) as u16,
                height: 1,
            };
            Pen::new(buffer, foot.intersection(area)).write(&at, look.style(Role::Dim));
        }
        let top = scrolled(0, self.chosen, usize::from(list.height), self.rows.len());
        let widest = self.rows.iter().map(|row| cells(row)).max().unwrap_or(0);
        for (i, row) in self
            .rows
            .iter()
            .enumerate()
            .skip(top)
            .take(usize::from(list.height))
        {
            let area = row_of(list, i - top);
            let chosen = i == self.chosen;
            let base = look.style(if chosen { Role::Selection } else { Role::Text });
            buffer.set_style(area, base);
            let mut pen = Pen::new(buffer, area);
            pen.write(if chosen { " ▌ " } else { "   " }, base);
            let mark = if self.current == Some(i) { "  ● now" } else { "" };
            let text = fit_middle(row, pen.room().saturating_sub(cells(mark) + 1));
            pen.write(&text, base);
            if let Some(note) = self.notes.get(i).filter(|note| !note.is_empty()) {
                pen.skip((widest + 2).saturating_sub(cells(&text)));
                let room = pen.room().saturating_sub(cells(mark) + 1);
                pen.write(&fit_end(note, room), dimmed(base, look));
            }
            pen.write(mark, base.patch(look.style(Role::Good)));
        }
        for (i, text) in foot.iter().rev().take(feet).enumerate() {
            let mut pen = Pen::new(buffer, row_of(inner, usize::from(inner.height) - 1 - i));
            pen.skip(1);
            pen.write(text, look.style(Role::Dim));
        }
        let list = Rect {
            height: list.height.min(self.rows.len() as u16),
            ..list
        };
        Drawn {
            area,
            list: Some((list, top)),
            cursor: None,
        }
    }
}
