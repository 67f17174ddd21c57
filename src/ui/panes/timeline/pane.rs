//! The pane: the list of conversations, the opened one, or latencies. It requests only the conversations it shows.

use super::axis::Axis;
use super::conversation_row::{Columns, draw_row};
use super::latency_table::draw_latencies;
use super::sequence::{SequenceLine, draw_sequence, fit_sequence};
use crate::look::Role;
use crate::paint::{Pen, empty_notice, field, fit_end, scrolled, split};
use crate::panes::contract::{PaneView, Scene};
use natsbridge_app::{Action, Msg, Scope, State, TimelineMsg, count, counted, latency, short_key};
use natsbridge_engine::ConversationView;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// Messages of a conversation that its bar shows: the newest.
const BAR_MESSAGES: usize = 32;
/// Lines over the messages of an open conversation.
const HEAD: usize = 2;
/// Rows from which on the list has the marks of its axis at its head.
const LEAST_MARKED: u16 = 5;

/// The pane's own state: how far it is scrolled.
#[derive(Debug, Default)]
pub struct TimelinePane {
    top: usize,
    open_top: usize,
    /// Whether the list has the marks of its axis at its head.
    marks: bool,
    /// What stood on the lines of the open conversation, for clicks.
    lines: Vec<SequenceLine>,
}

impl PaneView for TimelinePane {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let (conversations, look) = (&scene.state.timeline, scene.look);
        if conversations.latencies.is_some() {
            return Line::from(look.span("latency to first reply", Role::Accent));
        }
        if let Some(open) = &conversations.open {
            let key = short_key(&open.view.key);
            return Line::from(look.span(field(&key).to_string(), Role::Accent));
        }
        let totals = conversations.totals;
        let mut spans = vec![];
        if conversations.is_filtered() {
            let text = fit_end(field(conversations.filter.text()), 20);
            spans.push(look.span(format!("\"{text}\"  "), Role::Accent));
        }
        if conversations.scope != Scope::Conversations {
            spans.push(look.span(format!("{}  ", conversations.scope.word()), Role::Accent));
        }
        let counts = scene.state.store.timeline(|timeline| timeline.counts());
        if counts.conversations == 0 {
            return Line::from(spans);
        }
        let open = counted(totals.open, "conversation");
        spans.push(look.span(format!("{open} open"), Role::Text));
        if totals.problems > 0 {
            spans.push(look.span(" · ", Role::Dim));
            spans.push(look.span(format!("▲ {}", count(totals.problems)), Role::Caution));
        }
        if let (Some(p50), Some(p99)) = (totals.p50_us, totals.p99_us) {
            for (name, us) in [("p50", p50), ("p99", p99)] {
                spans.push(look.span(format!(" · {name} {}", latency(us)), Role::Dim));
            }
        }
        Line::from(spans)
    }

    fn position(&self, scene: Scene<'_>) -> String {
        let conversations = &scene.state.timeline;
        if conversations.latencies.is_some() {
            return String::new();
        }
        if let Some(open) = &conversations.open {
            let all = count(open.view.messages.len());
            return format!("{} of {all}", count(open.cursor + 1));
        }
        let mut parts = Vec::new();
        let rows = conversations.rows().len();
        if conversations.paused && rows > 0 {
            let at = count(conversations.position() + 1);
            parts.push(format!("paused · {at} of {}", count(rows)));
        }
        if rows > 0 {
            parts.push(conversations.sort.word().to_owned());
        }
        let totals = conversations.totals;
        if totals.filtered > 0 {
            parts.push(format!("{} filtered", count(totals.filtered)));
        }
        if totals.gone > 0 {
            parts.push(format!("{} evicted", count(totals.gone)));
        }
        parts.join(" · ")
    }

    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg> {
        let timeline = &scene.state.timeline;
        self.lines.clear();
        if let Some(open) = timeline.open.as_ref().filter(|_| timeline.latencies.is_none()) {
            (self.open_top, self.lines) = fit_sequence(open, self.open_top, area, scene);
        }
        self.marks = area.height >= LEAST_MARKED;
        let height = usize::from(area.height) - usize::from(self.marks);
        let rows = timeline.rows().len();
        self.top = scrolled(self.top, timeline.position(), height, rows);
        None
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position> {
        let timeline = &scene.state.timeline;
        if let Some(latencies) = &timeline.latencies {
            draw_latencies(latencies, timeline.latency_row, area, buffer, scene.look);
        } else if let Some(open) = &timeline.open {
            draw_sequence(open, &self.lines, area, buffer, scene);
        } else if timeline.rows().is_empty() {
            empty_notice(&reason_for_nothing(scene), area, buffer, scene.look);
        } else {
            self.draw_list(area, buffer, scene);
        }
        None
    }

    fn click(&mut self, _column: u16, row: u16, state: &State) -> Option<Msg> {
        let conversations = &state.timeline;
        let row = usize::from(row);
        if conversations.latencies.is_some() {
            return None;
        }
        if conversations.open.is_some() {
            return match self.lines.get(row.checked_sub(HEAD)?)? {
                SequenceLine::Message(place) => Some(Msg::Timeline(TimelineMsg::Select(*place))),
                SequenceLine::Transfer(_) | SequenceLine::Gap(_) => None,
            };
        }
        let place = self.top + row.checked_sub(self.marks.into())?;
        let listed = place < conversations.rows().len();
        listed.then_some(Msg::Timeline(TimelineMsg::Select(place)))
    }

    fn wheel(&mut self, rows: i16) -> Option<Msg> {
        Some(Msg::Timeline(TimelineMsg::Scroll(rows.into())))
    }
}

impl TimelinePane {
    fn draw_list(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
        let state = scene.state;
        let shown = state.timeline.rows().iter().skip(self.top);
        let shown = shown.take(usize::from(area.height));
        let views: Vec<Option<ConversationView>> = state.store.timeline(|timeline| {
            shown
                .map(|id| timeline.view(*id, state.now_us, BAR_MESSAGES))
                .collect()
        });
        let columns = Columns::new(usize::from(area.width.saturating_sub(3)));
        let axis = Axis::over(views.iter().flatten(), state.now_us, state.timeline.linear);
        let (head, area) = split(area, self.marks.into());
        let (before, width) = columns.bar();
        for (at, word) in axis.marks(width).iter().filter(|_| self.marks) {
            let at = head.x + (2 + before + at) as u16;
            Pen::new(buffer, head, scene.look).at(at).write(word, Role::Dim);
        }
        for (row, view) in area.rows().zip(&views) {
            // A conversation evicted in the meantime leaves its line empty until the next refresh.
            let Some(view) = view else { continue };
            let selected = state.timeline.selected == Some(view.id);
            let mut pen = Pen::on(scene.ground(selected), buffer, row, scene.look);
            pen.mark(if selected { "▌" } else { " " }, Role::Accent).skip(1);
            draw_row(&mut pen, columns, axis, view, scene);
        }
    }
}

/// Why the list is empty, and what would help.
fn reason_for_nothing(scene: Scene<'_>) -> String {
    let (conversations, look) = (&scene.state.timeline, scene.look);
    let totals = conversations.totals;
    if totals.filtered > 0 {
        return format!(
            "None of the {} conversations match; {} changes the filter, {} clears it.",
            count(totals.filtered),
            look.key(Action::Filter),
            look.key(Action::Back)
        );
    }
    let counts = scene.state.store.timeline(|timeline| timeline.counts());
    if conversations.scope == Scope::Problems && counts.conversations > 0 {
        return format!(
            "No problems in {} conversations; {} lists them all.",
            count(counts.conversations),
            look.key(Action::ScopeConversations)
        );
    }
    if counts.singles > 0 {
        return format!(
            "No conversations yet, only {} that nobody needs to answer; {} shows them.",
            counted(counts.singles, "message"),
            look.key(Action::ScopeConversations)
        );
    }
    "Requests and their replies appear here, grouped by correlation id.".to_owned()
}
