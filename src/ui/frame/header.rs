//! The header line: the connection, its state, and incoming traffic.

use crate::look::{Look, Role};
use crate::paint::{Pen, cells, field, fit_middle, measure, sparkline};
use natsbridge_app::{State, count, counted, per_second, size, span};
use natsbridge_engine::ConnectionState;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Draws the header line.
pub fn draw_header(area: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let mut traffic = traffic(state, look, area.width);
    traffic.extend(recording(state, look, area.width));
    traffic.extend(responders(state, look));
    traffic.extend(read_only(state, look));
    traffic.extend(context(state, look, area.width));
    let room = usize::from(area.width).saturating_sub(measure(&traffic) + 2);
    let mut parts = vec![look.span(" natsbridge  ", Role::Strong)];
    if area.width < 60 {
        parts = vec![look.span(" ", Role::Text)];
    }
    for part in connection(state, look) {
        let left = room.saturating_sub(measure(&parts));
        if cells(&part.content) <= left {
            parts.push(part);
        } else if parts.len() <= 2 {
            parts.push(Span::styled(fit_middle(&part.content, left), part.style));
            break;
        } else {
            break;
        }
    }
    let gap = usize::from(area.width).saturating_sub(measure(&parts) + measure(&traffic) + 1);
    let mut pen = Pen::new(buffer, area, look);
    pen.spans(&parts).skip(gap).spans(&traffic);
}

/// The most important part first; parts that do not fit are dropped from the end.
fn connection(state: &State, look: &Look) -> Vec<Span<'static>> {
    let clean = |text: &str| field(text).to_string();
    let dim = |text: String| look.span(format!(" · {text}"), Role::Dim);
    match &state.connection.state {
        ConnectionState::Connected { server, rtt, silent } => {
            let (mark, role) = if *silent {
                ("◐ ", Role::Caution)
            } else {
                ("● ", Role::Good)
            };
            let scheme = if server.tls { "tls" } else { "nats" };
            let mut spans = vec![
                look.span(mark, role),
                look.span(format!("{scheme}://{}", clean(&server.address)), Role::Text),
            ];
            if *silent {
                spans.push(look.span(" · not responding", Role::Caution));
            }
            if !server.version.is_empty() {
                spans.push(dim(clean(&server.version)));
            }
            spans.extend(rtt.map(|rtt| dim(span(rtt.as_micros() as u64))));
            if !server.name.is_empty() && server.name.len() < 30 {
                spans.push(dim(clean(&server.name)));
            }
            spans
        }
        ConnectionState::Connecting { address, tries, .. } => vec![
            look.span("◌ ", Role::Caution),
            look.span(format!("connecting to {}", clean(address)), Role::Text),
            dim(format!("attempt {tries}")),
        ],
        ConnectionState::Lost { address, cause } => vec![
            look.span("◌ ", Role::Bad),
            look.span(format!("disconnected from {}", clean(address)), Role::Bad),
            dim(format!("since {}", since(state, look))),
            dim(clean(cause)),
        ],
        ConnectionState::Refused { address, cause } => vec![
            look.span("✖ ", Role::Bad),
            look.span(format!("no access to {}", clean(address)), Role::Bad),
            dim(format!("since {}", since(state, look))),
            dim(clean(cause)),
        ],
        ConnectionState::Tape { name, percent } => {
            let mut spans = vec![
                look.span("▣ ", Role::Accent),
                look.span(format!("tape {}", clean(name)), Role::Text),
            ];
            spans.extend(percent.map(|percent| dim(format!("loading {percent} %"))));
            spans
        }
        ConnectionState::Offline => vec![look.span("○ ", Role::Dim), look.span("offline", Role::Dim)],
    }
}

/// The time of day at which the connection entered its state: `12:01:02`.
pub fn since(state: &State, look: &Look) -> String {
    look.second_of_day(state.connection.since_us)
}

/// Whether a recording is running, and how much it has.
fn recording(state: &State, look: &Look, width: u16) -> Vec<Span<'static>> {
    let Some(view) = &state.connection.recording else {
        let room = width >= 80 && !state.connection.is_tape();
        return if room {
            vec![look.span("   ○ rec", Role::Dim)]
        } else {
            vec![]
        };
    };
    let mut spans = vec![look.span("   ● ", Role::Bad), look.span("rec", Role::Text)];
    if width >= 60 {
        spans.push(look.span(format!(" {}", count(view.messages)), Role::Text));
    }
    if width >= 100 {
        spans.push(look.span(format!(" · {}", size(view.bytes)), Role::Dim));
    }
    if view.missed > 0 {
        spans.push(look.span(format!(" · {} missed", count(view.missed)), Role::Bad));
    }
    spans
}

/// The context in force, or the one being read.
fn context(state: &State, look: &Look, width: u16) -> Vec<Span<'static>> {
    let (name, more) = match (&state.connection.switching, &state.connection.context) {
        (Some(name), _) => (name, " …"),
        (None, Some(name)) => (name, ""),
        (None, None) => return vec![],
    };
    if width < 60 {
        return vec![];
    }
    let name = fit_middle(field(name), if width < 100 { 12 } else { 24 });
    vec![
        look.span("   ctx ", Role::Dim),
        look.span(format!("{name}{more}"), Role::Text),
    ]
}

/// The armed responders: something that answers automatically must never be forgotten.
fn responders(state: &State, look: &Look) -> Option<Span<'static>> {
    let armed = state.compose.responders.len();
    (armed > 0).then(|| look.span(format!("   ● {}", counted(armed, "responder")), Role::Accent))
}

/// That nothing can be sent: nobody should find out by trying.
fn read_only(state: &State, look: &Look) -> Option<Span<'static>> {
    let server = state.connection.server()?;
    server.read_only.then(|| look.span("   read-only", Role::Caution))
}

fn traffic(state: &State, look: &Look, width: u16) -> Vec<Span<'static>> {
    if state.connection.is_tape() {
        return vec![];
    }
    let mut spans = vec![
        look.span("in ", Role::Dim),
        look.span(per_second(state.traffic.rate.rate()), Role::Text),
    ];
    if width >= 70 {
        let samples = state.traffic.rate.samples();
        spans.push(look.span(
            format!(" {}", sparkline(&samples[samples.len() - 8..])),
            Role::Gauge,
        ));
    }
    spans
}
