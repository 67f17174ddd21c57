//! Messages: one row per message, newest at the bottom. Only visible rows are requested.

use super::columns::{Columns, Needs, badges};
use super::gap_marks::{ListLine, draw_mark, lines};
use crate::look::Role;
use crate::paint::{Pen, cells, empty_notice, field, fit_end, fit_middle, left, mixed_mark, right, split};
use crate::panes::contract::{PaneView, Scene};
use crate::preview::Pattern;
use natsbridge_app::{
    Action, Clock, Follow, HighlightColour, ListScope, MessagesMsg, Msg, State, count, short_key, size, span,
};
use natsbridge_engine::Row;
use natsbridge_wire::SafeText;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

/// Rows from which on the list has headings.
const HEADED: u16 = 8;

/// The pane's own state: the message at its top, and its lines.
#[derive(Debug, Default)]
pub struct MessagesPane {
    /// The number of the first row: a number, not a position, so that eviction moves nothing.
    top: u64,
    headed: bool,
    /// What stands on its lines.
    lines: Vec<ListLine>,
    /// What columns have needed, and for which list: while that is read, no column gets narrower again.
    needs: (Needs, u64),
    columns: Columns,
}

impl PaneView for MessagesPane {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let (state, look) = (scene.state, scene.look);
        let mut spans = vec![];
        let narrow = match state.messages.list.narrow() {
            ListScope::All => None,
            ListScope::Pattern(pattern) => Some(pattern.clone()),
            ListScope::Stream(name, _) => Some(name.clone()),
            ListScope::Under(path) => Some(path.join(" ▸ ")),
            ListScope::Conversation(id) => {
                let key = state.store.timeline(|timeline| timeline.key(*id));
                Some(format!(
                    "conversation {}",
                    key.map_or_else(|| "evicted".into(), |key| short_key(&key))
                ))
            }
        };
        if let Some(narrow) = narrow {
            let narrow = fit_middle(field(&narrow), 30);
            spans.push(look.span(format!("{narrow}  "), Role::Accent));
        }
        if !state.messages.list.filter().is_empty() {
            let text = fit_end(field(state.messages.list.filter().text()), 30);
            spans.push(look.span(format!("\"{text}\"  "), Role::Accent));
        }
        if let Some((at, all)) = state.messages.matches.place(state.messages.selected) {
            let text = format!("match {} of {}  ", count(at), count(all));
            spans.push(look.span(text, Role::Accent));
        }
        if state.messages.list.is_scanning() {
            spans.push(look.span("searching …  ", Role::Caution));
        }
        spans.push(match state.messages.follow {
            // Nothing more comes from a tape that is loaded.
            Follow::Following if state.connection.is_whole_tape() => look.span("end of the tape", Role::Dim),
            Follow::Following => look.span("following ↓", Role::Good),
            Follow::Paused { .. } => {
                let new = state.messages.new_since_pause();
                let text = if new > 0 {
                    format!("paused · {} new", count(new))
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
        match (state.messages.follow, state.messages.selected) {
            (Follow::Paused { .. }, Some(seq)) => {
                let list = &state.messages.list;
                if !list.holds(seq) {
                    return "the selected message is filtered out".to_owned();
                }
                format!("{} of {}", count(list.position(seq) + 1), count(list.len()))
            }
            _ => String::new(),
        }
    }

    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg> {
        let state = scene.state;
        let list = &state.messages.list;
        self.lines.clear();
        self.headed = !list.is_empty() && area.height >= HEADED;
        if list.is_empty() {
            return None;
        }
        let at = state.messages.selected.map_or(0, |seq| list.position(seq));
        let (at, top) = (at.min(list.len() - 1), list.position(self.top));
        let height = usize::from(area.height) - usize::from(self.headed);
        self.lines = lines(state, top, at, height);
        let rows = visible(state, &self.lines);
        self.top = self.lines.iter().find_map(message).unwrap_or(0);
        let before = Some(self.needs.0).filter(|_| self.needs.1 == list.number());
        let needs = rows
            .iter()
            .map(|row| Needs::of(row, &state.store.subject(row.subject)));
        self.needs = (
            needs.fold(before.unwrap_or_default(), Needs::widened),
            list.number(),
        );
        self.columns = Columns::new(usize::from(area.width.saturating_sub(3)), self.needs.0);
        // Of a row that is not digested yet, nothing more can be known.
        let digested = rows.iter().filter(|row| row.digest.is_some());
        let shown = digested.map(|row| row.seq).collect();
        Some(Msg::Messages(MessagesMsg::Shown(shown)))
    }

    fn draw(&self, mut area: Rect, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position> {
        let state = scene.state;
        if state.messages.list.is_empty() {
            empty_notice(&reason_for_nothing(scene), area, buffer, scene.look);
            return None;
        }
        let columns = self.columns;
        if self.headed {
            let (head, below) = split(area, 1);
            area = below;
            let mut pen = Pen::new(buffer, head, scene.look);
            pen.skip(2);
            for (name, cells) in columns.headings() {
                pen.write(left(name, cells), Role::Heading).skip(columns.gap);
            }
        }
        let mut rows = visible(state, &self.lines).into_iter().peekable();
        let mut above: Option<Row> = None;
        for (place, stands) in area.rows().zip(&self.lines) {
            if let ListLine::Mark(gap) = stands {
                draw_mark(gap, place, buffer, scene.look);
                continue;
            }
            let here = |row: &Row| *stands == ListLine::Message(row.seq);
            let Some(row) = rows.next_if(here) else {
                let seq = message(stands).filter(|seq| state.store.range().contains(seq));
                draw_missing(seq, place, buffer, scene);
                continue;
            };
            draw_row(place, buffer, (&row, above.as_ref()), columns, scene);
            above = Some(row);
        }
        None
    }

    fn click(&mut self, _column: u16, row: u16, _state: &State) -> Option<Msg> {
        let line = usize::from(row).checked_sub(usize::from(self.headed))?;
        match self.lines.get(line)? {
            ListLine::Message(seq) => Some(Msg::Messages(MessagesMsg::Select(*seq))),
            ListLine::Mark(_) => None,
        }
    }

    fn wheel(&mut self, rows: i16) -> Option<Msg> {
        Some(Msg::Messages(MessagesMsg::Scroll(rows.into())))
    }
}

/// The message of a line.
fn message(line: &ListLine) -> Option<u64> {
    match line {
        ListLine::Message(seq) => Some(*seq),
        ListLine::Mark(_) => None,
    }
}

/// Draws the line of a message whose row is not there: one evicted in the meantime leaves it empty for this frame, one on a
/// disk that failed stays where it was.
fn draw_missing(seq: Option<u64>, place: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    let Some(seq) = seq else { return };
    let selected = scene.state.messages.selected == Some(seq);
    let text = format!("no. {} cannot be read from disk any more", count(seq));
    let mut pen = Pen::on(scene.ground(selected), buffer, place, scene.look);
    if selected {
        pen.mark("▌", Role::Accent).skip(1);
    } else {
        pen.skip(2);
    }
    pen.write(text, Role::Dim);
}

/// Draws a row: the marks at its left, then its columns.
fn draw_row(
    place: Rect,
    buffer: &mut Buffer,
    (row, above): (&Row, Option<&Row>),
    columns: Columns,
    scene: Scene<'_>,
) {
    let messages = &scene.state.messages;
    let selected = messages.selected == Some(row.seq);
    let mut pen = Pen::on(scene.ground(selected), buffer, place, scene.look);
    if selected {
        pen.mark("▌", Role::Accent);
    } else {
        pen.skip(1);
    }
    let stands_out = messages.rows.stands_out(row.seq, &messages.highlights).map(role);
    match (messages.marked.letter_of(row.seq), stands_out) {
        (Some(letter), _) => pen.mark(letter.to_string(), Role::Accent),
        (None, Some(role)) => pen.mark("◆", role),
        (None, None) if messages.matches.has(row.seq) => pen.mark("•", Role::Accent),
        (None, None) => pen.skip(1),
    };
    draw_columns(&mut pen, (row, above), columns, stands_out, scene);
}

fn draw_columns(
    pen: &mut Pen<'_>,
    (row, above): (&Row, Option<&Row>),
    columns: Columns,
    stands_out: Option<Role>,
    scene: Scene<'_>,
) {
    let state = scene.state;
    let undigested = row.digest.is_none();
    let text = match stands_out {
        Some(role) => pen.marked(role),
        None if undigested => pen.resting(Role::Dim),
        None => pen.resting(Role::Text),
    };
    if columns.time > 0 {
        let (same, rest) = time(columns.time, row, above, scene);
        pen.write(same, Role::Dim).styled(rest, text).skip(columns.gap);
    }
    let subject = state.store.subject(row.subject);
    let mark = mixed_mark(&subject);
    let room = columns.subject.saturating_sub(cells(mark));
    pen.mark(mark, Role::SeverityWarning);
    let found = Pattern::new(state.search.text());
    let found = Found(found.as_ref(), scene.look.style(Role::Match));
    found.write(pen, &left(fit_middle(field(&subject), room), room), text);
    pen.skip(columns.gap);
    if columns.sender > 0 {
        let sender = row.digest.as_ref().map(|digest| field(&digest.sender));
        let sender = match sender.as_ref().map(SafeText::as_str) {
            Some("") => "–",
            sender => sender.unwrap_or_default(),
        };
        found.write(pen, &left(sender, columns.sender), text);
        pen.skip(columns.gap);
    }
    let mut room = columns.badges;
    for (i, (word, role)) in badges(row, columns.badges).into_iter().enumerate() {
        let word = fit_end(word, room.saturating_sub(usize::from(i > 0)));
        if word.is_empty() {
            break;
        }
        pen.skip(usize::from(i > 0)).mark(&word, role);
        room -= cells(&word) + usize::from(i > 0);
    }
    pen.skip(room);
    if columns.size > 0 {
        pen.skip(columns.gap)
            .write(right(size(row.bytes), columns.size), Role::Text);
    }
    // A row that was not looked at yet shows no line.
    if columns.preview > 0
        && let Some(facts) = state.messages.rows.get(row.seq)
    {
        let line = fit_end(&facts.first_line, columns.preview);
        let style = pen.skip(columns.gap).resting(Role::Dim);
        found.write(pen, &line, style);
    }
}

/// What is searched for, and how it is marked.
struct Found<'p>(Option<&'p Pattern>, Style);

impl Found<'_> {
    /// Writes a text with its matches marked.
    fn write(&self, pen: &mut Pen<'_>, text: &str, style: Style) {
        let mut rest = 0;
        for range in self.0.iter().flat_map(|pattern| pattern.ranges(text)) {
            pen.styled(&text[rest..range.start], style)
                .styled(&text[range.clone()], style.patch(self.1));
            rest = range.end;
        }
        pen.styled(&text[rest..], style);
    }
}

fn role(colour: HighlightColour) -> Role {
    match colour {
        HighlightColour::Accent => Role::Accent,
        HighlightColour::Good => Role::Good,
        HighlightColour::Caution => Role::Caution,
        HighlightColour::Bad => Role::Bad,
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
        [first, .., last] if !state.messages.list.is_filtered() => state.store.rows(first..last + 1),
        _ => seqs.iter().filter_map(|seq| state.store.row(*seq)).collect(),
    }
}

/// The time of a row, split into what is the same as in the row above and what changed.
fn time(width: usize, row: &Row, above: Option<&Row>, scene: Scene<'_>) -> (String, String) {
    let whole = |row: &Row| fit(&scene.look.time_of_day(row.at_us), width);
    match scene.state.messages.clock {
        Clock::Absolute => {
            let now = whole(row);
            let same = above.map_or(0, |above| same_fields(&whole(above), &now));
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

/// How much of a time of day is the same as before, in whole fields: no number changes its look within.
fn same_fields(before: &str, now: &str) -> usize {
    let mut equal = now.bytes().zip(before.bytes()).take_while(|(a, b)| a == b);
    match equal.by_ref().count() {
        all if all == now.len() => all,
        same => now[..same].rfind([':', '.']).map_or(0, |at| at + 1),
    }
}

fn fit(time: &str, width: usize) -> String {
    time.chars().take(width).collect()
}

/// Why the list is empty, and what would help.
fn reason_for_nothing(scene: Scene<'_>) -> String {
    let (state, look) = (scene.state, scene.look);
    if let ListScope::Stream(name, _) = state.messages.list.narrow() {
        let (name, open) = (field(name), look.key(Action::Open));
        return format!(
            "No messages from {name} here yet; press {open} on it to load messages or follow it."
        );
    }
    if state.messages.list.is_filtered() && state.messages.list.hidden() > 0 {
        let hidden = count(state.messages.list.hidden());
        let (filter, back) = (look.key(Action::Filter), look.key(Action::Back));
        return format!(
            "None of the {hidden} messages kept match; {filter} changes the filter, {back} clears it."
        );
    }
    if state.subjects.subscriptions.is_empty() {
        let key = look.key(Action::Subscribe);
        return format!("Messages appear here once you subscribe; {key} subscribes to a subject.");
    }
    match look.key(Action::Subscribe) {
        // The settings may have unbound it.
        none if none.is_empty() => "Messages appear here as they arrive.".into(),
        key if state.subjects.streams.streams.is_empty() => {
            format!("Messages appear here as they arrive; {key} subscribes to another subject.")
        }
        key => format!(
            "Messages appear here as they arrive; {key} subscribes to another subject, {} on a stream in \
             Subjects loads stored messages.",
            look.key(Action::Open)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_by_whole_fields() {
        for (before, now, same) in [
            ("12:01:02.118", "12:01:02.119", "12:01:02."),
            ("12:01:02.118", "12:01:09.118", "12:01:"),
            ("12:01:02", "12:11:02", "12:"),
            ("12:01:02.118", "12:01:02.118", "12:01:02.118"),
            ("02:01:02", "12:01:02", ""),
        ] {
            assert_eq!(&now[..same_fields(before, now)], same, "{before} {now}");
        }
    }
}
