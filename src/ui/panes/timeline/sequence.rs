//! One conversation as a sequence diagram: a lane per peer, an arrow per message, in the order of arrival by our clock.

use super::state_look::{is_skewed, lane_role, state_look, transfer_word};
use crate::look::Role;
use crate::paint::{Pen, cells, field, fit_end, fit_middle, right, row_of, scrolled};
use crate::panes::contract::Scene;
use crate::panes::messages::draw_mark;
use natsbridge_app::{
    OpenConversation, count, counted, lane_name, latency, message_word, remarks, signed, size, span,
};
use natsbridge_engine::{ConversationMessage, ConversationView, Gap, LinkTransfer, Mark, Part, Stamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Cells of the time since the first message.
const TIME: usize = 10;
/// Least cells from one lane to the next.
const LANE: usize = 14;
/// Cells of the difference of clocks.
const DELTA: usize = 13;
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

/// The layout of the diagram.
struct Plan {
    lanes: Vec<u16>,
    /// Peers that share the last lane.
    shared: usize,
    delta: Rect,
    size: Option<Rect>,
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
    let at = lines
        .iter()
        .position(|line| *line == SequenceLine::Message(open.cursor))
        .unwrap_or(0);
    let top = scrolled(top, at, height, lines.len());
    (top, lines.into_iter().skip(top).take(height).collect())
}

/// The part of an area below the two lines of the head, and above the details of the chosen message.
fn body(area: Rect) -> Rect {
    Rect {
        y: area.y + 2.min(area.height),
        height: area.height.saturating_sub(2 + u16::from(is_detailed(area))),
        ..area
    }
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
    let body = body(area);
    for (i, line) in shown.iter().enumerate() {
        let row = row_of(body, i);
        match line {
            SequenceLine::Message(place) => {
                if let Some(message) = view.messages.get(*place) {
                    draw_message(view, message, *place == open.cursor, &plan, row, buffer, scene);
                }
            }
            SequenceLine::Transfer(place) => {
                if let Some(transfer) = view.transfers.get(*place) {
                    draw_transfer(transfer, &plan, row, buffer, scene);
                }
            }
            SequenceLine::Gap(place) => {
                if let Some(gap) = gaps.get(*place) {
                    let mut pen = Pen::new(buffer, row);
                    pen.skip(2);
                    draw_mark(&mut pen, gap, scene.look);
                }
            }
        }
    }
    if is_detailed(area)
        && let Some(message) = view.messages.get(open.cursor)
    {
        draw_detail(message, row_of(area, usize::from(area.height) - 1), buffer, scene);
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
        let tail = (DELTA + 1 + if sized { 9 } else { 0 }) as u16;
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
        let column = |from_right: u16, width: u16| Rect {
            x: area.right().saturating_sub(from_right).max(area.x),
            width: width.min(area.width),
            height: 1,
            y: area.y,
        };
        Self {
            lanes: (0..count).map(lane).collect(),
            shared: wanted - count,
            delta: column(tail, DELTA as u16),
            size: sized.then(|| column(9, 8)),
        }
    }

    /// The column of a lane; lanes that do not fit share the last one.
    fn x(&self, lane: usize) -> u16 {
        self.lanes
            .get(lane)
            .or(self.lanes.last())
            .copied()
            .unwrap_or_default()
    }
}

fn draw_head(open: &OpenConversation, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    let (view, look) = (&open.view, scene.look);
    let (mark, role) = state_look(view.state);
    let dim = look.style(Role::Dim);
    let mut pen = Pen::new(buffer, within(area));
    pen.skip(1);
    let state = format!("{mark} {}", view.state.word());
    let mut facts = Vec::new();
    let held = scene.state.store.range();
    let gone = view
        .messages
        .iter()
        .filter(|message| !held.contains(&message.seq))
        .count();
    if gone == view.messages.len() {
        facts.push("its messages are no longer in memory".to_owned());
    } else if gone > 0 {
        facts.push(format!(
            "{} of its messages no longer in memory",
            count(gone as u64)
        ));
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
    let key = field(&view.key);
    let room = pen.room().saturating_sub(cells(&state) + 2);
    // Facts that do not fit beside a readable id are left out, the last first.
    let told = |facts: &[String]| facts.iter().flat_map(|fact| [" · ", fact]).collect::<String>();
    while !facts.is_empty() && cells(&told(&facts)) + cells(key.as_str()).min(LEAST_KEY) > room {
        facts.pop();
    }
    let facts = told(&facts);
    let key = fit_middle(key.as_str(), room.saturating_sub(cells(&facts)).max(LEAST_KEY));
    pen.write(&key, look.style(Role::Strong));
    pen.write("  ", dim);
    pen.write(&state, look.style(role));
    pen.write(&facts, dim);
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
    let between = plan
        .lanes
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .min()
        .unwrap_or(LANE as u16);
    for (i, x) in plan.lanes.iter().enumerate() {
        let (name, role) = match view.lanes.get(i) {
            _ if i == last && plan.shared > 0 => (format!("{} others", plan.shared + 1), Role::Dim),
            Some(_) => (lane_name(view, Some(i)), lane_role(i)),
            None => (lane_name(view, None), Role::Dim),
        };
        let name = fit_end(&name, usize::from(between.saturating_sub(1)));
        let start = x.saturating_sub(cells(&name) as u16 / 2).max(area.x);
        let room = Rect {
            x: start,
            width: area.right().saturating_sub(start),
            ..area
        };
        Pen::new(buffer, room).write(&name, scene.look.style(role));
    }
    let head = Rect {
        x: plan.delta.x,
        width: plan.delta.width,
        ..area
    };
    Pen::new(buffer, head).write(&right("clock", DELTA), scene.look.style(Role::Heading));
    if let Some(column) = plan.size {
        let head = Rect {
            x: column.x,
            width: column.width,
            ..area
        };
        Pen::new(buffer, head).write(&right("size", 8), scene.look.style(Role::Heading));
    }
}

fn draw_message(
    view: &ConversationView,
    message: &ConversationMessage,
    selected: bool,
    plan: &Plan,
    area: Rect,
    buffer: &mut Buffer,
    scene: Scene<'_>,
) {
    let look = scene.look;
    let base = match (selected, scene.focused) {
        (true, true) => look.style(Role::Selection),
        (true, false) => look.style(Role::SelectionDim),
        _ => Style::new(),
    };
    buffer.set_style(area, base);
    let mut pen = Pen::new(buffer, area);
    pen.write(
        if selected { "▌" } else { " " },
        base.patch(look.style(Role::Accent)),
    );
    let since = message.at_us.saturating_sub(view.first_us);
    let time = if since == 0 { "0".to_owned() } else { signed(since) };
    pen.write(&right(&time, TIME), look.style(Role::Dim).patch(base));
    for x in &plan.lanes {
        buffer.set_string(*x, area.y, "│", base.patch(look.style(Role::Border)));
    }
    draw_arrow(message, plan, area, buffer, (base, scene));
    let marked = message
        .marks
        .iter()
        .any(|mark| !matches!(mark, Mark::Copy | Mark::BySubject | Mark::BeforeRequest));
    let skewed = is_skewed(message, &scene.state.limits);
    let (text, role) = match message.stamp {
        Stamp::None => (String::new(), Role::Dim),
        Stamp::Unreadable => ("invalid".to_owned(), Role::Caution),
        Stamp::At(_) => (
            message
                .stamp
                .delta_us(message.at_us)
                .map_or_else(String::new, signed),
            if skewed { Role::Caution } else { Role::Dim },
        ),
    };
    let text = if skewed { format!("▲{text}") } else { text };
    let column = Rect {
        x: plan.delta.x,
        width: plan.delta.width,
        ..area
    };
    Pen::new(buffer, column).write(&right(&text, DELTA), base.patch(look.style(role)));
    if let Some(column) = plan.size {
        let column = Rect {
            x: column.x,
            width: column.width,
            ..area
        };
        Pen::new(buffer, column).write(&right(&size(message.bytes), 8), look.style(Role::Dim).patch(base));
    }
    if marked && area.width > 0 {
        buffer.set_string(
            area.right() - 1,
            area.y,
            "▲",
            base.patch(look.style(Role::Caution)),
        );
    }
}

fn draw_arrow(
    message: &ConversationMessage,
    plan: &Plan,
    area: Rect,
    buffer: &mut Buffer,
    (base, scene): (Style, Scene<'_>),
) {
    let style = base.patch(scene.look.style(lane_role(message.from)));
    let from = plan.x(message.from);
    // No receiver: the lane after all others.
    let to = message.to.map_or_else(|| plan.x(usize::MAX), |to| plan.x(to));
    let made_of = if message.part == Part::Reply { "┄" } else { "─" };
    let (low, high) = (from.min(to), from.max(to));
    let room = usize::from(high - low).saturating_sub(1);
    let word = message_word(message);
    let took = message.latency_us.map(latency);
    let whole = took
        .as_ref()
        .map_or_else(|| word.clone(), |took| format!("{word} {took}"));
    let fits = |text: &&String| cells(text) + 4 <= room;
    let label = [Some(&whole), took.as_ref(), Some(&word)]
        .into_iter()
        .flatten()
        .find(fits);
    let nack = message.marks.has(Mark::Nack);
    let label_role = if nack { Role::Bad } else { Role::Text };
    let label_style = base.patch(scene.look.style(label_role));
    if room > 0 {
        buffer.set_string(low + 1, area.y, made_of.repeat(room), style);
        if to > from {
            buffer.set_string(high - 1, area.y, "▶", style);
        } else {
            buffer.set_string(low + 1, area.y, "◀", style);
        }
        if let Some(label) = label {
            let at = low + 1 + (room - cells(label) - 1) as u16 / 2;
            buffer.set_string(at, area.y, format!(" {label} "), label_style);
        }
    } else {
        // To itself, or to one that shares its lane.
        let start = Rect {
            x: from + 2,
            width: area.right().saturating_sub(from + 2),
            ..area
        };
        let text = fit_end(&format!("↺ {whole}"), usize::from(start.width).min(LANE - 3));
        Pen::new(buffer, start).write(&text, label_style);
    }
    let mark = if nack { "✖" } else { "●" };
    let mark_style = if nack { label_style } else { style };
    buffer.set_string(from, area.y, mark, mark_style);
}

fn draw_transfer(transfer: &LinkTransfer, plan: &Plan, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    for x in &plan.lanes {
        buffer.set_string(*x, area.y, "│", scene.look.style(Role::Border));
    }
    let word = transfer_word(transfer.direction);
    let took = span(transfer.took_us());
    let start = plan.x(0) + 2;
    let room = Rect {
        x: start,
        width: area.right().saturating_sub(start),
        ..area
    };
    let text = format!("⇗ {word} {} in {took} ", size(transfer.bytes));
    Pen::new(buffer, room).write(&text, scene.look.style(Role::Link));
}

/// Everything known about the chosen message, in one line.
fn draw_detail(message: &ConversationMessage, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    let look = scene.look;
    let mut parts = vec![look.time_of_day(message.at_us), size(message.bytes)];
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
        parts.insert(0, "no longer in memory".to_owned());
    }
    let remarks = remarks(message).join(", ");
    let facts = parts.join(" · ");
    let mut pen = Pen::new(buffer, within(area));
    pen.skip(1);
    let taken = cells(&facts)
        + if remarks.is_empty() {
            0
        } else {
            cells(&remarks) + 3
        }
        + 3;
    let subject = fit_middle(
        field(&message.subject).as_str(),
        pen.room().saturating_sub(taken).max(8),
    );
    pen.write(&subject, look.style(Role::Text));
    pen.write(" · ", look.style(Role::Dim));
    if !remarks.is_empty() {
        let text = fit_end(&remarks, pen.room());
        pen.write(&text, look.style(Role::Caution));
        pen.write(" · ", look.style(Role::Dim));
    }
    let facts = fit_end(&facts, pen.room());
    pen.write(&facts, look.style(Role::Dim));
}
