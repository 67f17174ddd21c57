//! Messages: one row per message, newest at the bottom. Only visible rows are requested.

use super::columns::{Columns, badges, headings};
use super::first_line::FirstLines;
use super::gap_marks::{ListLine, draw_mark, lines};
use super::highlighted::Highlighted;
use crate::look::Role;
use crate::paint::{Pen, empty_notice, field, fit_end, fit_middle, left, right, row_of};
use crate::panes::contract::{PaneView, Scene};
use natsbridge_app::{Action, Clock, Follow, Msg, Narrow, State, count, short_key, size, span};
use natsbridge_engine::Row;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// Rows from which on the list has headings.
const HEADED: u16 = 8;

/// The pane's own state: the message at its top, and what was read for the rows.
#[derive(Debug, Default)]
pub struct Messages {
    /// The number of the first row: a number, not a position, so that eviction moves nothing.
    top: u64,
    first_lines: FirstLines,
    highlighted: Highlighted,
    headed: bool,
    /// What stood on the lines drawn last, for clicks.
    lines: Vec<ListLine>,
}

impl PaneView for Messages {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let (state, look) = (scene.state, scene.look);
        let mut spans = vec![];
        let narrow = match state.view.narrow() {
            Narrow::All => None,
            Narrow::Pattern(pattern) => Some(pattern.clone()),
            Narrow::Stream(name, _) => Some(name.clone()),
            Narrow::Under(path) => Some(path.join(" ▸ ")),
            Narrow::Conversation(id) => {
                let key = state.store.timeline(|timeline| timeline.key(*id));
                Some(format!(
                    "conversation {}",
                    key.map_or_else(|| "evicted".into(), |key| short_key(&key))
                ))
            }
        };
        if let Some(narrow) = narrow {
            let narrow = fit_middle(field(&narrow).as_str(), 30);
            spans.push(look.span(format!("{narrow}  "), Role::Accent));
        }
        if !state.view.filter().is_empty() {
            let text = fit_end(field(state.view.filter().text()).as_str(), 30);
            spans.push(look.span(format!("\"{text}\"  "), Role::Accent));
        }
        if let Some((at, all)) = state.matches.place(state.selected) {
            let (at, all) = (count(at as u64), count(all as u64));
            spans.push(look.span(format!("match {at} of {all}  "), Role::Accent));
        }
        if state.is_scanning() {
            spans.push(look.span("searching …  ", Role::Caution));
        }
        spans.push(match state.follow {
            Follow::Following => look.span("following ↓", Role::Good),
            Follow::Paused { .. } => {
                let new = state.new_since_pause();
                let text = if new > 0 {
                    format!("paused · {} new", count(new as u64))
                } else {
                    "paused".into()
                };
                look.span(text, Role::Caution)
            }
        });
        Line::from(spans)
    }

    fn position(&self, scene: Scene<'_>) -> String {
        let state = scene.state;
        match (state.follow, state.selected) {
            (Follow::Paused { .. }, Some(seq)) => {
                let at = state.view.position(seq) as u64 + 1;
                format!("{} of {}", count(at), count(state.view.len() as u64))
            }
            _ => String::new(),
        }
    }

    fn draw(&mut self, mut area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
        let state = scene.state;
        if state.view.is_empty() {
            self.headed = false;
            self.lines.clear();
            empty_notice(&reason_for_nothing(scene), area, buffer, scene.look);
            return;
        }
        let columns = Columns::new(usize::from(area.width.saturating_sub(3)));
        self.headed = area.height >= HEADED;
        if self.headed {
            let mut pen = Pen::new(buffer, row_of(area, 0));
            pen.skip(2);
            for (name, cells, style) in headings(columns, scene.look) {
                pen.write(&left(name, cells), style);
                pen.skip(columns.gap);
            }
            area.y += 1;
            area.height -= 1;
        }
        let at = state.selected.map_or(0, |seq| state.view.position(seq));
        let top = state.view.position(self.top);
        self.lines = lines(state, top, at, usize::from(area.height));
        let mut rows = visible(state, &self.lines).into_iter().peekable();
        self.top = rows.peek().map_or(0, |row| row.seq);
        let mut above: Option<Row> = None;
        for line in 0..self.lines.len() {
            if let ListLine::Mark(gap) = &self.lines[line] {
                let mut pen = Pen::new(buffer, row_of(area, line));
                pen.skip(2);
                draw_mark(&mut pen, gap, scene.look);
                continue;
            }
            // A row evicted in the meantime leaves its line empty for this frame.
            let here = |row: &Row| self.lines[line] == ListLine::Message(row.seq);
            let Some(row) = rows.next_if(here) else { continue };
            let selected = state.selected == Some(row.seq);
            let base = match (selected, scene.focused) {
                (true, true) => scene.look.style(Role::Selection),
                (true, false) => scene.look.style(Role::SelectionDim),
                _ => Style::new(),
            };
            let row_area = row_of(area, line);
            buffer.set_style(row_area, base);
            let mut pen = Pen::new(buffer, row_area);
            if selected {
                pen.write("▌", base.patch(scene.look.style(Role::Accent)));
            } else {
                pen.skip(1);
            }
            let stands_out = self.highlighted.role(state, &row);
            match (state.marked.letter_of(row.seq), stands_out) {
                (Some(letter), _) => {
                    pen.write(&letter.to_string(), base.patch(scene.look.style(Role::Accent)));
                }
                (None, Some(role)) => pen.write("◆", base.patch(scene.look.style(role))),
                (None, None) => pen.skip(1),
            }
            self.row(&mut pen, columns, &row, above.as_ref(), (base, stands_out), scene);
            above = Some(row);
        }
    }

    fn click(&mut self, _column: u16, row: u16, _state: &State) -> Option<Msg> {
        let line = usize::from(row).checked_sub(usize::from(self.headed))?;
        match self.lines.get(line)? {
            ListLine::Message(seq) => Some(Msg::Select(*seq)),
            ListLine::Mark(_) => None,
        }
    }

    fn wheel(&mut self, rows: i16) -> Option<Msg> {
        Some(Msg::Scroll(rows.into()))
    }
}

impl Messages {
    /// The messages on its lines.
    pub fn listed(&self) -> impl Iterator<Item = u64> {
        self.lines.iter().filter_map(|line| match line {
            ListLine::Message(seq) => Some(*seq),
            ListLine::Mark(_) => None,
        })
    }

    fn row(
        &mut self,
        pen: &mut Pen<'_>,
        columns: Columns,
        row: &Row,
        above: Option<&Row>,
        (base, stands_out): (Style, Option<Role>),
        scene: Scene<'_>,
    ) {
        let (state, look) = (scene.state, scene.look);
        let undigested = row.digest.is_none();
        let plain = |role: Role| look.style(role).patch(base);
        let coloured = |role: Role| base.patch(look.style(role));
        let text = match stands_out {
            Some(role) => coloured(role),
            None if undigested => plain(Role::Dim),
            None => plain(Role::Text),
        };
        if columns.time > 0 {
            let (same, rest) = time(columns.time, row, above, scene);
            pen.write(&same, plain(Role::Dim));
            pen.write(&rest, text);
            pen.skip(columns.gap);
        }
        let subject = state.store.subject(row.subject);
        let subject = fit_middle(field(&subject).as_str(), columns.subject);
        pen.write(&left(&subject, columns.subject), text);
        pen.skip(columns.gap);
        if columns.sender > 0 {
            let sender = row.digest.as_ref().map(|digest| field(&digest.sender));
            let sender = sender.as_ref().map_or("", |sender| sender.as_str());
            let sender = if sender.is_empty() && !undigested {
                "–"
            } else {
                sender
            };
            pen.write(&left(sender, columns.sender), text);
            pen.skip(columns.gap);
        }
        let mut room = columns.badges;
        for (i, (word, role)) in badges(row, columns.badges).into_iter().enumerate() {
            let word = fit_end(&word, room.saturating_sub(usize::from(i > 0)));
            if word.is_empty() {
                break;
            }
            pen.skip(usize::from(i > 0));
            pen.write(&word, coloured(role));
            room -= crate::paint::cells(&word) + usize::from(i > 0);
        }
        pen.skip(room);
        if columns.size > 0 {
            pen.skip(columns.gap);
            pen.write(&right(&size(row.bytes), columns.size), plain(Role::Dim));
        }
        if columns.preview > 0 && !undigested {
            pen.skip(columns.gap);
            let line = self.first_lines.get(&state.store, row.seq, row.bytes);
            pen.write(&fit_end(line.as_str(), columns.preview), plain(Role::Dim));
        }
    }
}

/// The rows of some lines of the list.
fn visible(state: &State, lines: &[ListLine]) -> Vec<Row> {
    let seqs = lines.iter().filter_map(|line| match line {
        ListLine::Message(seq) => Some(*seq),
        ListLine::Mark(_) => None,
    });
    let seqs: Vec<u64> = seqs.collect();
    match seqs[..] {
        [first, .., last] if !state.view.is_filtered() => state.store.rows(first..last + 1),
        _ => seqs.iter().filter_map(|seq| state.store.row(*seq)).collect(),
    }
}

/// The time of a row, split into what is the same as in the row above and what changed.
fn time(width: usize, row: &Row, above: Option<&Row>, scene: Scene<'_>) -> (String, String) {
    let whole = |row: &Row| fit(&scene.look.time_of_day(row.at_us), width);
    match scene.state.clock {
        Clock::Absolute => {
            let now = whole(row);
            let same = above.map_or(0, |above| {
                let before = whole(above);
                now.bytes()
                    .zip(before.bytes())
                    .take_while(|(a, b)| a == b)
                    .count()
            });
            (now[..same].to_owned(), now[same..].to_owned())
        }
        Clock::Relative => {
            let ago = (scene.state.now_us - row.at_us).max(0) / 1_000_000 * 1_000_000;
            let ago = if ago < 1_000_000 {
                "now".into()
            } else {
                span(ago.unsigned_abs())
            };
            (String::new(), right(&ago, width))
        }
        Clock::Delta => {
            let gap = above.map_or_else(
                || "·".into(),
                |above| format!("+{}", span(row.at_us.abs_diff(above.at_us))),
            );
            (String::new(), right(&gap, width))
        }
    }
}

fn fit(time: &str, width: usize) -> String {
    time.chars().take(width).collect()
}

/// Why the list is empty, and what would help.
fn reason_for_nothing(scene: Scene<'_>) -> String {
    let (state, look) = (scene.state, scene.look);
    if let Narrow::Stream(name, _) = state.view.narrow() {
        let (name, open) = (field(name), look.key(Action::Open));
        return format!(
            "No messages from {} here yet; press {open} on it to load messages or follow it.",
            name.as_str()
        );
    }
    if state.view.is_filtered() && state.view.hidden() > 0 {
        let hidden = count(state.view.hidden());
        let (filter, back) = (look.key(Action::Filter), look.key(Action::Back));
        return format!(
            "None of the {hidden} messages in memory match; {filter} changes the filter, {back} clears it."
        );
    }
    if state.subscriptions.is_empty() {
        let key = look.key(Action::Subscribe);
        return format!("Messages appear here once you subscribe; {key} subscribes to a subject.");
    }
    match look.key(Action::Subscribe) {
        // The settings may have unbound it.
        none if none.is_empty() => "Messages appear here as they arrive.".into(),
        key if state.streams.streams.is_empty() => {
            format!("Messages appear here as they arrive; {key} subscribes to another subject.")
        }
        key => format!(
            "Messages appear here as they arrive; {key} subscribes to another subject, {} on a stream in \
             Subjects loads stored messages.",
            look.key(Action::Open)
        ),
    }
}
