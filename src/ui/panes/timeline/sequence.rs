//! One conversation as a sequence diagram: a lane per peer, an arrow per message, in the order of arrival by our clock.

use super::state_look::{is_skewed, lane_role, state_look, transfer_word};
use crate::look::Role;
use crate::paint::{Pen, cells, field, fit_end, fit_middle, right, row_of, scrolled, split};
use crate::panes::contract::Scene;
use crate::panes::messages::draw_mark;
use natsbridge_app::{
    OpenConversation, count, counted, lane_name, latency, message_word, remarks, signed, size, span,
};
use natsbridge_engine::{ConversationMessage, ConversationView, Gap, LinkTransfer, Mark, Part, Stamp};
use natsbridge_wire::Limits;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Cells of the time since the first message.
const TIME: usize = 10;
/// Least cells from one lane to the next.
const LANE: usize = 14;
/// Cells of the difference of clocks.
const DELTA: usize = 13;
/// Cells of the size of a message.
const SIZE: usize = 8;
/// Least cells of the conversation's id.
const LEAST_KEY: usize = 8;
/// From this width on the size of a message has a column.
const SIZED: u16 = 84;

/// What stands on a line of the diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SequenceLine {
    /// The message at that place.
    Message(usize),
    /// The transfer at that place.
    Transfer(usize),
    /// Messages may be missing: the gap at that place.
    Gap(usize),
}

/// The layout of the diagram: columns of the screen.
struct Plan {
    lanes: Vec<u16>,
    /// Peers that share the last lane.
    shared: usize,
    delta: u16,
    size: Option<u16>,
    /// The column after the last.
    right: u16,
}

/// Which lines of the diagram are shown in an area, scrolled from `top` so that the chosen message is in view: the
/// first, and what stands on them.
pub fn fit_sequence(
    open: &OpenConversation,
    top: usize,
    area: Rect,
    scene: Scene<'_>,
) -> (usize, Vec<SequenceLine>) {
    let lines = lines(&open.view, &gaps(&open.view, scene));
    let height = usize::from(body(area).height);
    let chosen = SequenceLine::Message(open.cursor);
    let at = lines.iter().position(|line| *line == chosen);
    let top = scrolled(top, at.unwrap_or(0), height, lines.len());
    (top, lines.into_iter().skip(top).take(height).collect())
}

/// The part of an area below the two lines of the head, and above the details of the chosen message.
fn body(area: Rect) -> Rect {
    let (_, below) = split(area, 2);
    let detail = usize::from(is_detailed(area));
    split(below, usize::from(below.height).saturating_sub(detail)).0
}

fn is_detailed(area: Rect) -> bool {
    area.height >= 6
}

/// Draws the diagram with these lines.
pub fn draw_sequence(
    open: &OpenConversation,
    shown: &[SequenceLine],
    area: Rect,
    buffer: &mut Buffer,
    scene: Scene<'_>,
) {
    let view = &open.view;
    let gaps = gaps(view, scene);
    draw_head(open, row_of(area, 0), buffer, scene);
    let plan = Plan::new(view, area);
    draw_names(view, &plan, row_of(area, 1), buffer, scene);
    for (row, line) in body(area).rows().zip(shown) {
        match line {
            SequenceLine::Message(place) => {
                let Some(message) = view.messages.get(*place) else {
                    continue;
                };
                let selected = *place == open.cursor;
                let mut pen = Pen::on(scene.ground(selected), buffer, row, scene.look);
                pen.mark(if selected { "▌" } else { " " }, Role::Accent);
                draw_message(open, message, &plan, &mut pen);
                draw_tail(message, &plan, &scene.state.limits, &mut pen);
            }
            SequenceLine::Transfer(place) => {
                if let Some(transfer) = view.transfers.get(*place) {
                    draw_transfer(transfer, &plan, &mut Pen::new(buffer, row, scene.look));
                }
            }
            SequenceLine::Gap(place) => {
                if let Some(gap) = gaps.get(*place) {
                    draw_mark(gap, row, buffer, scene.look);
                }
            }
        }
    }
    if is_detailed(area)
        && let Some(message) = view.messages.get(open.cursor)
    {
        let row = row_of(area, usize::from(area.height) - 1);
        draw_detail(open, message, row, buffer, scene);
    }
}

/// The store's gaps within the conversation, which lasts until now while a request is open.
fn gaps(view: &ConversationView, scene: Scene<'_>) -> Vec<Gap> {
    let until_us = view.waiting_us.map_or(view.last_us, |_| scene.state.now_us);
    let mut gaps = scene.state.store.gaps();
    gaps.retain(|gap| gap.to_us >= view.first_us && gap.from_us <= until_us);
    gaps
}

fn lines(view: &ConversationView, gaps: &[Gap]) -> Vec<SequenceLine> {
    let mut lines: Vec<SequenceLine> = (0..view.messages.len()).map(SequenceLine::Message).collect();
    for (i, transfer) in view.transfers.iter().enumerate() {
        let at = lines.iter().position(|line| match line {
            SequenceLine::Message(place) => view.messages[*place].at_us > transfer.from_us,
            SequenceLine::Transfer(_) | SequenceLine::Gap(_) => false,
        });
        lines.insert(at.unwrap_or(lines.len()), SequenceLine::Transfer(i));
    }
    for (i, gap) in gaps.iter().enumerate() {
        let at = lines.iter().position(
            |line| matches!(line, SequenceLine::Message(place) if view.messages[*place].seq >= gap.before),
        );
        lines.insert(at.unwrap_or(lines.len()), SequenceLine::Gap(i));
    }
    lines
}

impl Plan {
    fn new(view: &ConversationView, area: Rect) -> Self {
        let sized = area.width >= SIZED;
        let tail_size = SIZE as u16 + 1;
        let tail = DELTA as u16 + 1 + if sized { tail_size } else { 0 };
        let left = (TIME + 2) as u16;
        let room = area.width.saturating_sub(left + tail).max(4);
        // Messages without a receiver get a lane of their own at the right.
        let everybody = usize::from(view.messages.iter().any(|message| message.to.is_none()));
        let wanted = view.lanes.len() + everybody;
        let fit = (usize::from(room) / LANE + 1).clamp(2, wanted.max(2));
        let count = wanted.min(fit).max(1);
        let margin = (room / 6).min(6);
        let between =
            f64::from(room.saturating_sub(2 * margin).saturating_sub(1)) / (count.max(2) - 1) as f64;
        let lane = |i: usize| area.x + left + margin + (i as f64 * between).round() as u16;
        let column = |from_right: u16| area.right().saturating_sub(from_right).max(area.x);
        Self {
            lanes: (0..count).map(lane).collect(),
            shared: wanted - count,
            delta: column(tail),
            size: sized.then(|| column(tail_size)),
            right: area.right(),
        }
    }

    /// The column of a lane; lanes that do not fit share the last one.
    fn x(&self, lane: usize) -> u16 {
        let lane = self.lanes.get(lane).or(self.lanes.last());
        lane.copied().unwrap_or_default()
    }
}

fn draw_head(open: &OpenConversation, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    let view = &open.view;
    let (mark, role) = state_look(view.state);
    let state = format!("{mark} {}", view.state.word());
    let mut pen = Pen::new(buffer, within(area), scene.look);
    pen.skip(1);
    let mut facts = facts(open, scene);
    let key = field(&view.key);
    let room = pen.room().saturating_sub(cells(&state) + 2);
    // Facts that do not fit beside a readable id are left out, the last first.
    let told = |facts: &[String]| facts.iter().flat_map(|fact| [" · ", fact]).collect::<String>();
    while !facts.is_empty() && cells(told(&facts)) + cells(&key).min(LEAST_KEY) > room {
        facts.pop();
    }
    let facts = told(&facts);
    let key = fit_middle(key, room.saturating_sub(cells(&facts)).max(LEAST_KEY));
    pen.write(key, Role::Strong)
        .write("  ", Role::Dim)
        .write(state, role)
        .write(facts, Role::Dim);
}

/// What is said of the conversation beside its state, the most important first.
fn facts(open: &OpenConversation, scene: Scene<'_>) -> Vec<String> {
    let view = &open.view;
    let held = scene.state.store.range();
    let gone = view
        .messages
        .iter()
        .filter(|message| !held.contains(&message.seq));
    let gone = gone.count();
    let mut facts = Vec::new();
    if gone == view.messages.len() {
        facts.push("its messages are no longer kept".to_owned());
    } else if gone > 0 {
        facts.push(format!("{} of its messages no longer kept", count(gone)));
    }
    if open.gone {
        facts.push("evicted, shown from a copy".to_owned());
    }
    facts.push(counted(view.messages.len(), "message"));
    if view.earlier > 0 {
        facts.push(format!("{} earlier not kept", count(view.earlier)));
    }
    facts.extend(view.latency_us.map(|us| match us {
        0 => "instant reply".to_owned(),
        _ => format!("reply in {}", latency(us)),
    }));
    facts
}

/// The row without its last cell, so that text does not touch the border.
fn within(row: Rect) -> Rect {
    Rect {
        width: row.width.saturating_sub(1),
        ..row
    }
}

fn draw_names(view: &ConversationView, plan: &Plan, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    let last = plan.lanes.len() - 1;
    let between = plan.lanes.windows(2).map(|pair| pair[1] - pair[0]).min();
    let room = usize::from(between.unwrap_or(LANE as u16).saturating_sub(1));
    let mut pen = Pen::new(buffer, area, scene.look);
    for (i, x) in plan.lanes.iter().enumerate() {
        let (name, role) = match view.lanes.get(i) {
            _ if i == last && plan.shared > 0 => (format!("{} others", plan.shared + 1), Role::Dim),
            Some(_) => (lane_name(view, Some(i)), lane_role(i)),
            None => (lane_name(view, None), Role::Dim),
        };
        let name = fit_end(name, room);
        let start = x.saturating_sub(cells(&name) as u16 / 2).max(area.x);
        pen.at(start).write(name, role);
    }
    pen.at(plan.delta).write(right("clock", DELTA), Role::Heading);
    if let Some(column) = plan.size {
        pen.at(column).write(right("size", SIZE), Role::Heading);
    }
}

fn draw_message(open: &OpenConversation, message: &ConversationMessage, plan: &Plan, pen: &mut Pen<'_>) {
    let since = message.at_us.saturating_sub(open.view.first_us);
    let time = if since == 0 { "0".to_owned() } else { signed(since) };
    pen.write(right(time, TIME), Role::Dim);
    draw_lanes(plan, pen);
    draw_arrow(open, message, plan, pen);
}

fn draw_lanes(plan: &Plan, pen: &mut Pen<'_>) {
    for x in &plan.lanes {
        pen.at(*x).mark("│", Role::Border);
    }
}

/// The columns at the right of a message: the difference of clocks, the size, whether there is something to be told.
fn draw_tail(message: &ConversationMessage, plan: &Plan, limits: &Limits, pen: &mut Pen<'_>) {
    let skewed = is_skewed(message, limits);
    let (text, role) = match message.stamp {
        Stamp::None => (String::new(), Role::Dim),
        Stamp::Unreadable => ("invalid".to_owned(), Role::Caution),
        Stamp::At(_) => {
            let delta = message.stamp.delta_us(message.at_us);
            let role = if skewed { Role::Caution } else { Role::Dim };
            (delta.map_or_else(String::new, signed), role)
        }
    };
    let text = if skewed { format!("▲{text}") } else { text };
    pen.at(plan.delta).mark(right(text, DELTA), role);
    if let Some(column) = plan.size {
        pen.at(column).write(right(size(message.bytes), SIZE), Role::Dim);
    }
    let mut marks = message.marks.iter();
    if marks.any(|mark| !matches!(mark, Mark::Copy | Mark::BySubject | Mark::BeforeRequest)) {
        pen.at(plan.right.saturating_sub(1)).mark("▲", Role::Caution);
    }
}

fn draw_arrow(open: &OpenConversation, message: &ConversationMessage, plan: &Plan, pen: &mut Pen<'_>) {
    let role = lane_role(message.from);
    let from = plan.x(message.from);
    // No receiver: the lane after all others.
    let to = message.to.map_or_else(|| plan.x(usize::MAX), |to| plan.x(to));
    let made_of = if message.part == Part::Reply { "┄" } else { "─" };
    let (low, high) = (from.min(to), from.max(to));
    let room = usize::from(high - low).saturating_sub(1);
    let word = message_word(message);
    let took = message.latency_us.map(latency);
    let with = |text: String| {
        took.as_ref()
            .map_or_else(|| text.clone(), |took| format!("{text} {took}"))
    };
    let whole = with(word.clone());
    let payloads = open.payloads.get(&message.seq).filter(|words| !words.is_empty());
    let holding = payloads.map(|words| with(format!("{word}: {words}")));
    let subject = field(&message.subject);
    let full = payloads.map(|words| with(format!("{word} {subject}: {words}")));
    let nack = message.marks.has(Mark::Nack);
    let label_role = if nack { Role::Bad } else { Role::Text };
    if room > 0 {
        pen.at(low + 1).mark(made_of.repeat(room), role);
        if to > from {
            pen.at(high - 1).mark("▶", role);
        } else {
            pen.at(low + 1).mark("◀", role);
        }
        let labels = [
            full.as_ref(),
            holding.as_ref(),
            Some(&whole),
            took.as_ref(),
            Some(&word),
        ];
        let mut labels = labels.into_iter().flatten();
        if let Some(label) = labels.find(|text| cells(text) + 4 <= room) {
            let at = low + 1 + (room - cells(label) - 1) as u16 / 2;
            pen.at(at).mark(format!(" {label} "), label_role);
        }
    } else {
        // To itself, or to one that shares its lane.
        let room = pen.at(from + 2).room().min(LANE - 3);
        pen.mark(fit_end(format!("↺ {whole}"), room), label_role);
    }
    let (mark, mark_role) = if nack { ("✖", label_role) } else { ("●", role) };
    pen.at(from).mark(mark, mark_role);
}

fn draw_transfer(transfer: &LinkTransfer, plan: &Plan, pen: &mut Pen<'_>) {
    draw_lanes(plan, pen);
    let word = transfer_word(transfer.direction);
    let took = span(transfer.took_us());
    let text = format!("⇗ {word} {} in {took} ", size(transfer.bytes));
    pen.at(plan.x(0) + 2).write(text, Role::Link);
}

/// Everything known about the chosen message, in one line.
fn draw_detail(
    open: &OpenConversation,
    message: &ConversationMessage,
    area: Rect,
    buffer: &mut Buffer,
    scene: Scene<'_>,
) {
    let look = scene.look;
    let payloads = open.payloads.get(&message.seq).filter(|words| !words.is_empty());
    let mut parts: Vec<String> = payloads.cloned().into_iter().collect();
    parts.extend([look.time_of_day(message.at_us), size(message.bytes)]);
    if message.links > 0 {
        parts.push(format!("⇗ {}", counted(usize::from(message.links), "link")));
    }
    match message.stamp.delta_us(message.at_us) {
        Some(us) if us >= 0 => parts.push(format!("timestamp {} later", span(us.unsigned_abs()))),
        Some(us) => parts.push(format!("timestamp {} earlier", span(us.unsigned_abs()))),
        None if message.stamp == Stamp::Unreadable => parts.push("invalid timestamp".to_owned()),
        None => {}
    }
    if !scene.state.store.range().contains(&message.seq) {
        parts.insert(0, "no longer kept".to_owned());
    }
    let remarks = remarks(message).join(", ");
    let facts = parts.join(" · ");
    let mut pen = Pen::new(buffer, within(area), look);
    pen.skip(1);
    let gaps = if remarks.is_empty() { 3 } else { 6 };
    let taken = cells(&facts) + cells(&remarks) + gaps;
    let subject = fit_middle(field(&message.subject), pen.room().saturating_sub(taken).max(8));
    pen.write(subject, Role::Text).write(" · ", Role::Dim);
    if !remarks.is_empty() {
        pen.write(fit_end(remarks, pen.room()), Role::Caution)
            .write(" · ", Role::Dim);
    }
    pen.write(fit_end(facts, pen.room()), Role::Dim);
}
