//! The foot of the form: what would be sent, who is known to receive it, and the status of the last send.

use super::rows::mark;
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, field, fit_end, measure, wrap};
use crate::panes::contract::Scene;
use crate::preview::severity_mark;
use natsbridge_app::{Action, count, size, stage_text};
use natsbridge_engine::{Plan, PlannedPayload};
use natsbridge_wire::{Answer, Readability, Severity, Transport};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Cells of the gauge.
const GAUGE: usize = 10;

/// The lines of the foot, most important first, including the status of the last send if its row does not show it.
pub fn foot_lines(area: Rect, scene: Scene<'_>, with_job: bool) -> Vec<Vec<Span<'static>>> {
    let most = match area.height {
        0..5 => 0,
        5..8 => 1,
        8..12 => 2,
        12..18 => 3,
        18..24 => 5,
        _ => 8,
    };
    let width = usize::from(area.width).saturating_sub(2);
    let mut lines: Vec<_> = hint(scene).into_iter().collect();
    let planned = planned(scene, width);
    if with_job {
        lines.extend(last_job(scene));
    }
    lines.extend(planned);
    lines.truncate(most);
    lines
}

/// Draws the foot.
pub fn draw_foot(area: Rect, buffer: &mut Buffer, lines: &[Vec<Span<'static>>], look: &Look) {
    for (row, line) in area.rows().zip(lines) {
        let mut pen = Pen::new(buffer, row, look);
        pen.skip(1);
        for span in line {
            let room = pen.room().saturating_sub(1);
            pen.styled(fit_end(&span.content, room), span.style);
        }
    }
}

/// A hint for an empty form.
fn hint(scene: Scene<'_>) -> Option<Vec<Span<'static>>> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let (add, send) = (look.key(Action::AddPayload), look.key(Action::SendMessage));
    let text = if composer.is_typing() {
        let back = look.key(Action::Back);
        format!("Enter next field · Tab completes · {back} stops")
    } else {
        format!("Enter edits · {add} adds a payload · {send} sends")
    };
    (composer.is_blank() && composer.jobs.iter().len() == 0).then(|| vec![look.span(text, Role::Dim)])
}

/// What would be sent, and who is known to receive it.
fn planned(scene: Scene<'_>, width: usize) -> Vec<Vec<Span<'static>>> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let Some(plan) = &composer.planning.plan else {
        return vec![];
    };
    let mut lines = vec![plan_line(scene, plan, width)];
    if let Some(trouble) = &plan.trouble {
        let rows = wrap(field(&trouble.text), width.max(20)).into_iter();
        lines.extend(rows.map(|text| vec![look.span(text, Role::Bad)]));
    }
    let known = composer.planning.listeners.words();
    let mut reaches = format!("received by {}", field(&known));
    let others = [" · and others the broker does not report", " · maybe others"];
    let fits = |tail: &&&str| cells(&reaches) + cells(tail) <= width;
    reaches += others.iter().find(fits).unwrap_or(&"");
    lines.push(vec![look.span(reaches, Role::Dim)]);
    lines.extend(readers(&plan.readers, look, width));
    let links = plan.payloads.iter().filter(|payload| by_link(payload));
    lines.extend(links.map(|payload| {
        vec![
            look.span("⇗ ", Role::Link),
            look.span(format!("{} ", field(&payload.name)), Role::Text),
            look.span(field(&payload.because).to_string(), Role::Dim),
        ]
    }));
    lines
}

/// Who could read the message as planned; for each peer that cannot read all of it, why.
fn readers(answers: &[Answer], look: &Look, width: usize) -> Vec<Vec<Span<'static>>> {
    let short = answers.iter().filter(|answer| answer.reads != Readability::Yes);
    let mut short: Vec<&Answer> = short.collect();
    short.sort_by_key(|answer| std::cmp::Reverse(answer.reads));
    if short.is_empty() {
        let all = (!answers.is_empty()).then(|| vec![look.span("✔ every peer can read it", Role::Good)]);
        return all.into_iter().collect();
    }
    let (all, readers) = (answers.len(), answers.len() - short.len());
    // As bad as the worst of them.
    let worst = severity_of(short[0].reads);
    let head = format!(
        "{} {readers} of {all} peers can read all of it",
        severity_mark(worst)
    );
    let mut lines = vec![vec![look.span(head, worst.into())]];
    // Peers that fail for the same reason are grouped.
    for peers in short.chunk_by(|a, b| why(a) == why(b)) {
        let (reads, why) = why(peers[0]);
        let severity = severity_of(reads);
        let titles: Vec<&str> = peers.iter().map(|answer| answer.title).collect();
        let peers = format!("{}: {}", titles.join(" · "), field(why));
        for (place, text) in wrap(peers, width.max(20) - 2).into_iter().enumerate() {
            let mark = if place == 0 { severity_mark(severity) } else { " " };
            lines.push(vec![
                look.span(format!("{mark} "), severity.into()),
                look.span(text, Role::Text),
            ]);
        }
    }
    lines
}

fn severity_of(reads: Readability) -> Severity {
    match reads {
        Readability::No => Severity::Error,
        _ => Severity::Warning,
    }
}

/// How much a peer can read, and the first reason why not all.
fn why(answer: &Answer) -> (Readability, &str) {
    let first = answer.reasons.first();
    (answer.reads, first.map_or("", |reason| reason.message.as_str()))
}

/// Direct or by link, and the encoded size against the broker's limit.
fn plan_line(scene: Scene<'_>, plan: &Plan, width: usize) -> Vec<Span<'static>> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let links = plan.payloads.iter().filter(|payload| by_link(payload)).count();
    let way = match links {
        0 => "direct".to_owned(),
        links if links == plan.payloads.len() => "⇗ by link".to_owned(),
        links => format!("{} direct, {links} ⇗ by link", plan.payloads.len() - links),
    };
    let role = if links > 0 { Role::Link } else { Role::Text };
    let mut spans = vec![look.span(way, role)];
    let Some(bytes) = plan.bytes else {
        return spans;
    };
    spans.push(look.span(format!(" · {}", size(bytes)), Role::Strong));
    if let Some(most) = plan.most.map(|most| most as u64).filter(|most| *most > 0) {
        spans.push(look.span(format!(" of {} ", size(most)), Role::Dim));
        if measure(&spans) + GAUGE + 2 <= width {
            spans.extend(gauge(bytes, most, look));
        }
    }
    if !composer.planning.is_current() {
        spans.push(look.span(" …", Role::Dim));
    }
    let server = plan.links_to.as_deref().map(field).unwrap_or_default();
    if links > 0 && server.width() > 0 && measure(&spans) + server.width() + 8 < width {
        spans.push(look.span(format!("  ⇗ to {server}"), Role::Dim));
    }
    spans
}

fn by_link(payload: &PlannedPayload) -> bool {
    payload.transport == Some(Transport::Link)
}

/// The share of the broker's limit that is used.
fn gauge(bytes: u64, most: u64, look: &Look) -> [Span<'static>; 2] {
    let share = bytes as f64 / most as f64;
    let full = ((share * GAUGE as f64).ceil() as usize).clamp(1, GAUGE);
    let role = match share {
        share if share > 1.0 => Role::Bad,
        share if share > 0.9 => Role::Caution,
        _ => Role::Gauge,
    };
    [
        look.span("▰".repeat(full), role),
        look.span("▱".repeat(GAUGE - full), Role::Dim),
    ]
}

/// How the last sending stands.
fn last_job(scene: Scene<'_>) -> Option<Vec<Span<'static>>> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let job = composer.jobs.iter().next()?;
    let (severity, text) = stage_text(job);
    let (mark, role) = mark(severity, job.is_running());
    let text_role = severity.map_or(Role::Strong, Role::from);
    let mut spans = vec![
        look.span(format!("{mark} "), role),
        look.span(field(&text).to_string(), text_role),
    ];
    let running = composer.jobs.running().count();
    if job.is_running() {
        spans.push(look.span(format!(" · {} cancels", look.key(Action::Back)), Role::Dim));
    }
    if running > 1 {
        spans.push(look.span(format!(" · {} in progress", count(running)), Role::Dim));
    }
    Some(spans)
}
