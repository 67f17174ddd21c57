//! The foot of the form: what would go out and who is known to get it, and how the last sending stands.

use super::rows::mark;
use crate::app::{Action, Spot, count, size, stage_text};
use crate::engine::{Plan, PlannedPayload};
use crate::ui::look::Look;
use crate::ui::paint::{Pen, row_of, wrap};
use crate::ui::panes::contract::Scene;
use crate::ui::text::{cells, field, fit_end};
use crate::ui::theme::Role;
use crate::wire::Transport;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Cells of the gauge.
const GAUGE: usize = 10;

/// Rows of the foot in a pane of that height.
pub fn foot_rows(height: u16, scene: Scene<'_>) -> u16 {
    let most = match height {
        0..5 => 0,
        5..8 => 1,
        8..14 => 3,
        14..24 => 5,
        _ => 8,
    };
    (lines(scene, 60).len() as u16).min(most)
}

/// Draws the foot.
pub fn draw_foot(area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
    let width = usize::from(area.width).saturating_sub(2);
    for (i, line) in lines(scene, width)
        .iter()
        .take(usize::from(area.height))
        .enumerate()
    {
        let mut pen = Pen::new(buffer, row_of(area, i));
        pen.skip(1);
        for span in line {
            let room = pen.room().saturating_sub(1);
            pen.write(&fit_end(&span.content, room), span.style);
        }
    }
}

/// The lines, the most important first.
fn lines(scene: Scene<'_>, width: usize) -> Vec<Vec<Span<'static>>> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let mut lines = Vec::new();
    if composer.is_blank() {
        let key = |action| look.key(action);
        lines.push(vec![look.span(
            format!(
                "Enter types · {} adds a payload · {} sends",
                key(Action::AddPayload),
                key(Action::SendMessage)
            ),
            Role::Dim,
        )]);
    }
    if let Some(line) = last_job(scene) {
        lines.push(line);
    }
    if let Some(plan) = &composer.planning.plan {
        lines.push(plan_line(scene, plan, width));
        if let Some(trouble) = &plan.trouble {
            let trouble = field(&trouble.text);
            lines.extend(
                wrap(trouble.as_str(), width.max(20))
                    .into_iter()
                    .map(|text| vec![look.span(text, Role::Bad)]),
            );
        }
        let known = composer.planning.listeners.words();
        let reaches = format!(
            "reaches {} · the broker tells of no others",
            field(&known).as_str()
        );
        lines.push(vec![look.span(reaches, Role::Dim)]);
        lines.extend(plan.payloads.iter().filter_map(|payload| {
            let why = field(&payload.because).as_str().to_owned();
            (by_link(payload) && !why.is_empty()).then(|| {
                let name = field(&payload.name).as_str().to_owned();
                vec![
                    look.span("⇗ ", Role::Link),
                    look.span(format!("{name} "), Role::Text),
                    look.span(why, Role::Dim),
                ]
            })
        }));
    }
    lines
}

/// Direct or by link, the encoded bytes against what the broker takes.
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
        spans.extend(gauge(bytes, most, look));
    }
    if !composer.planning.is_current() {
        spans.push(look.span(" …", Role::Dim));
    }
    let used: usize = spans.iter().map(|span| cells(&span.content)).sum();
    let server = plan
        .links_to
        .as_deref()
        .map(|server| field(server).as_str().to_owned());
    let server = server.unwrap_or_default();
    if links > 0 && !server.is_empty() && used + cells(&server) + 8 < width {
        spans.push(look.span(format!("  ⇗ to {server}"), Role::Dim));
    }
    spans
}

fn by_link(payload: &PlannedPayload) -> bool {
    payload.transport == Some(Transport::Link)
}

/// How much of the broker's largest message it takes.
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

/// How the last sending stands, unless the cursor is on its row.
fn last_job(scene: Scene<'_>) -> Option<Vec<Span<'static>>> {
    let (composer, look) = (&scene.state.compose, scene.look);
    let job = composer.jobs.iter().next()?;
    if composer.cursor == Spot::Job(job.id) {
        return None;
    }
    let (severity, text) = stage_text(job);
    let (mark, role) = mark(severity, job.is_running());
    let mut spans = vec![
        look.span(format!("{mark} "), role),
        look.span(
            field(&text).as_str().to_owned(),
            severity.map_or(Role::Strong, Role::from),
        ),
    ];
    let running = composer.jobs.running().count();
    if job.is_running() {
        spans.push(look.span(format!(" · {} cancels", look.key(Action::Back)), Role::Dim));
    }
    if running > 1 {
        spans.push(look.span(format!(" · {} under way", count(running as u64)), Role::Dim));
    }
    Some(spans)
}
