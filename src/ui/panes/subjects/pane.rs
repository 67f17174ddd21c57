//! Subjects: the subscriptions, the server's streams, then the tree of seen subjects.

use super::lines::{SubjectLine, SubjectLines};
use crate::look::Role;
use crate::paint::{
    Pen, cells, empty_notice, field, fit_end, fit_middle, left, mixed_mark, right, scrolled, sparkline,
};
use crate::panes::contract::{PaneView, Scene};
use natsbridge_app::{Msg, Node, State, SubjectsMsg, age, count, per_second, size};
use natsbridge_engine::{StreamInfo, SubscriptionView};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// Colours of subscriptions, in turn.
const LANES: [Role; 4] = [Role::Lane1, Role::Lane2, Role::Lane3, Role::Lane4];
/// Cells of a history on a narrow screen.
const HISTORY: usize = 5;
/// From this width on count, rate and history stand beside each other.
const WIDE: usize = 40;

/// The pane's own state: how far it is scrolled.
#[derive(Debug, Default)]
pub struct SubjectsPane {
    top: usize,
}

impl PaneView for SubjectsPane {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let seen = scene.state.subjects.tree.subjects() as u64;
        let text = if seen == 0 {
            String::new()
        } else {
            format!("{} seen", count(seen))
        };
        Line::from(scene.look.span(text, Role::Dim))
    }

    fn position(&self, scene: Scene<'_>) -> String {
        let stream = scene.state.subjects.stream_at_cursor();
        stream.map_or_else(String::new, |stream| {
            let what = if stream.consuming { "queue · " } else { "" };
            format!("{what}{} · {}", count(stream.messages), size(stream.bytes))
        })
    }

    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg> {
        let (state, rows) = (scene.state, usize::from(area.height));
        let lines = SubjectLines::new(state);
        if lines.len() > 0 {
            let at = lines.line_of(state.subjects.row());
            self.top = scrolled(self.top, at, rows, lines.len());
        }
        None
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position> {
        let state = scene.state;
        let lines = SubjectLines::new(state);
        if lines.len() == 0 {
            let key = scene.look.key(natsbridge_app::Action::Subscribe);
            let text = format!("Subscriptions and the subjects seen on them appear here; {key} subscribes.");
            empty_notice(&text, area, buffer, scene.look);
            return None;
        }
        let at = state.subjects.row();
        let histories = self.has_room_for_histories(area, state);
        for (line, place) in (self.top..).zip(area.rows()) {
            let row = match lines.at(line) {
                None => break,
                Some(SubjectLine::Row(row)) => row,
                Some(other) => {
                    aside(Pen::new(buffer, place, scene.look).skip(1), other, scene);
                    continue;
                }
            };
            let selected = row == at && (state.subjects.cursor.is_some() || scene.focused);
            let mut pen = Pen::on(scene.ground(selected), buffer, place, scene.look);
            let streams = state.subjects.subscriptions.len();
            let nodes = streams + state.subjects.streams.streams.len();
            if let Some(view) = state.subjects.subscriptions.get(row) {
                subscription(&mut pen, view, row);
            } else if let Some(facts) = state.subjects.streams.streams.get(row - streams) {
                stream(&mut pen, facts, scene.state.subjects.is_followed(&facts.name));
            } else if let Some(id) = state.subjects.tree.visible().get(row - nodes) {
                node(&mut pen, state.subjects.tree.node(*id), state.now_us, histories);
            }
        }
        None
    }

    fn click(&mut self, _column: u16, row: u16, state: &State) -> Option<Msg> {
        match SubjectLines::new(state).at(self.top + usize::from(row))? {
            SubjectLine::Row(row) => Some(Msg::Subjects(SubjectsMsg::Select(row))),
            SubjectLine::Streams | SubjectLine::Trouble | SubjectLine::Air => None,
        }
    }

    fn wheel(&mut self, rows: i16) -> Option<Msg> {
        Some(Msg::Subjects(SubjectsMsg::Scroll(rows.into())))
    }
}

impl SubjectsPane {
    /// Whether every name shown is whole beside its history: names come first, and all rows are alike.
    fn has_room_for_histories(&self, area: Rect, state: &State) -> bool {
        let width = usize::from(area.width);
        if width >= WIDE {
            return true;
        }
        let lines = SubjectLines::new(state);
        let others = state.subjects.subscriptions.len() + state.subjects.streams.streams.len();
        let shown =
            (self.top..self.top + usize::from(area.height)).filter_map(|line| match lines.at(line)? {
                SubjectLine::Row(row) => state.subjects.tree.visible().get(row.checked_sub(others)?),
                _ => None,
            });
        let mut leaves = shown
            .map(|id| state.subjects.tree.node(*id))
            .filter(|node| node.is_leaf());
        leaves.all(|node| {
            let figures = cells(per_second(node.meter.rate()));
            let whole = 1 + node.depth * 2 + cells(field(&node.name)) + figures + 3;
            // A name that is cut in any case decides nothing.
            whole + HISTORY < width || whole > width
        })
    }
}

fn subscription(pen: &mut Pen<'_>, view: &SubscriptionView, row: usize) {
    let (mark, role, state) = match view {
        view if view.denied.is_some() => ("✖", Role::Bad, "denied".to_owned()),
        view if view.paused => ("○", Role::Dim, "paused".to_owned()),
        view => ("●", LANES[row % LANES.len()], count(view.received)),
    };
    pen.skip(1).mark(mark, role).skip(1);
    let room = pen.room().saturating_sub(cells(&state) + 2);
    let name = fit_middle(field(&view.pattern), room);
    pen.write(left(name, room), Role::Strong)
        .mark(right(&state, cells(&state) + 1), Role::Dim);
}

/// A heading, or why there is nothing under it.
fn aside(pen: &mut Pen<'_>, line: SubjectLine, scene: Scene<'_>) {
    let streams = &scene.state.subjects.streams;
    match line {
        SubjectLine::Streams => {
            let all = count(streams.streams.len());
            pen.write("Streams", Role::Heading);
            pen.skip(pen.room().saturating_sub(cells(&all) + 1))
                .write(&all, Role::Dim);
        }
        SubjectLine::Trouble => {
            let trouble = field(streams.trouble.as_deref().unwrap_or_default());
            pen.write(fit_end(trouble, pen.room()), Role::Caution);
        }
        SubjectLine::Air | SubjectLine::Row(_) => {}
    }
}

fn stream(pen: &mut Pen<'_>, facts: &StreamInfo, followed: bool) {
    let width = pen.room();
    let (mark, role) = if followed {
        ("●", Role::Good)
    } else {
        ("≡", Role::Dim)
    };
    pen.skip(1).mark(mark, role).skip(1);
    let mut figures = count(facts.messages);
    if width >= WIDE {
        figures = format!("{figures} {}", right(size(facts.bytes), 8));
    }
    // Consuming from it would take messages from others, so it is only read.
    let queue = match facts.consuming {
        true if width >= 30 => " queue",
        true => " ↷",
        false => "",
    };
    let room = pen.room().saturating_sub(cells(&figures) + 2);
    let name = fit_middle(field(&facts.name), room.saturating_sub(cells(queue)));
    pen.write(&name, Role::Text)
        .mark(queue, Role::Dim)
        .skip(room.saturating_sub(cells(&name) + cells(queue)))
        .mark(right(&figures, cells(&figures) + 1), Role::Dim);
}

fn node(pen: &mut Pen<'_>, node: &Node, now_us: i64, histories: bool) {
    let width = pen.room();
    let moves = node.meter.moves();
    let count = count(node.count);
    let quiet = age(now_us - node.last_us);
    let activity = match (moves, quiet.as_str()) {
        (true, _) => per_second(node.meter.rate()),
        (false, "now") => String::new(),
        (false, _) => quiet,
    };
    let samples = node.meter.samples();
    let (figures, history) = if width >= WIDE {
        let line = if moves {
            sparkline(&samples[samples.len() - 8..])
        } else {
            String::new()
        };
        (format!("{count} {}", right(&activity, 8)), left(line, 8))
    } else if node.is_leaf() && moves && histories {
        (activity, sparkline(&samples[samples.len() - HISTORY..]))
    } else if node.is_leaf() && moves {
        (activity, String::new())
    } else if node.is_leaf() && !activity.is_empty() && width >= 30 {
        (format!("{activity}  {count}"), String::new())
    } else {
        (count, String::new())
    };
    pen.skip(1 + (node.depth * 2).min(pen.room() / 3));
    if !node.is_leaf() {
        let mark = if node.is_folded() { "▸" } else { "▾" };
        pen.mark(mark, Role::Dim).skip(1);
    }
    let right_part = match cells(&history) {
        0 => cells(&figures),
        history => cells(&figures) + history + 1,
    };
    pen.mark(mixed_mark(&node.name), Role::SeverityWarning);
    let room = pen.room().saturating_sub(right_part + 2);
    let name = fit_end(field(&node.name), room);
    let role = if moves { Role::Text } else { Role::Dim };
    pen.write(left(name, room), Role::Text)
        .write(right(&figures, cells(&figures) + 1), role);
    if !history.is_empty() {
        pen.skip(1).mark(&history, Role::Gauge);
    }
}
