//! The panel of a link that has not been fetched: what it is, where it points, why it is not fetched, and download
//! progress. It is updated before every draw and fetches nothing itself.

use crate::look::{Look, Role};
use crate::paint::{cells, format, left};
use crate::preview::contract::{Motion, Preview, PreviewContext};
use crate::preview::text::{Block, BlockView, Paragraph, Piece};
use natsbridge_app::{Action, Link, Links, Running, Transfer};
use natsbridge_engine::{Head, shown_link};
use natsbridge_wire::{DecodedPayload, EnvelopePayload, Kind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::net::IpAddr;

/// Cells of the bar that shows how far a download is.
const BAR: u64 = 24;
/// Cells of the names of facts.
const NAMES: usize = 12;

/// The panel.
#[derive(Debug)]
pub struct LinkPanel {
    url: String,
    kind: Kind,
    declared: Option<u64>,
    why: Option<String>,
    lines: Vec<Paragraph>,
    view: BlockView,
}

impl LinkPanel {
    /// The panel of a payload that is a link.
    pub fn new(payload: &DecodedPayload, declared: Option<&EnvelopePayload<'_>>) -> Self {
        let mut panel = Self {
            url: payload.url.clone().unwrap_or_default(),
            kind: payload.kind,
            declared: declared.and_then(|declared| declared.size),
            why: payload.error.clone(),
            lines: vec![],
            view: BlockView::new("", vec![]),
        };
        panel.lines = panel.head();
        panel
    }

    fn head(&self) -> Vec<Paragraph> {
        let size = self
            .declared
            .map_or_else(|| "size not declared".to_owned(), format::size);
        let dot = || Piece::new(Role::Dim, " · ");
        vec![
            line(vec![
                Piece::new(Role::Link, "⇗ link"),
                dot(),
                Piece::new(self.kind.into(), self.kind.name()),
                dot(),
                Piece::new(Role::Text, &size),
            ]),
            line(vec![Piece::new(Role::Text, &shown_link(&self.url))]),
        ]
    }

    fn facts(&self, link: &Link) -> Vec<Paragraph> {
        let mut lines = Vec::new();
        let mut add = |name: &str, role: Role, value: &str| {
            let name = format!("{name:NAMES$}");
            lines.push(Paragraph {
                pieces: vec![Piece::new(Role::Dim, &name), Piece::new(role, value)],
                indent: NAMES,
            });
        };
        if let Some(facts) = &link.facts {
            if !facts.host.is_empty() {
                add("host", Role::Text, &facts.host);
            }
            let addresses: Vec<String> = facts.addresses.iter().map(described).collect();
            if !addresses.is_empty() {
                add("resolves to", Role::Text, &addresses.join(", "));
            }
        }
        let head = link.facts.as_ref().and_then(|facts| facts.head.as_ref());
        match head {
            _ if link.asking => add("file server", Role::Dim, "checking …"),
            Some(Ok(head)) => {
                let (role, said) = self.said(head);
                add("file server", role, &said);
            }
            Some(Err(error)) => add("file server", Role::Caution, &error.to_string()),
            None => {}
        }
        lines
    }

    /// The meaning of the server's answer.
    fn said(&self, head: &Head) -> (Role, String) {
        match head.status {
            200..=299 => {
                let length = head.length.map_or_else(String::new, |length| {
                    let declared = self.declared.filter(|declared| *declared != length);
                    let but = declared.map_or("", |_| ", not the declared size");
                    format!(": {}{but}", format::size(length))
                });
                (Role::Good, format!("the file is still there{length}"))
            }
            404 | 410 => (
                Role::Bad,
                format!(
                    "the file is gone ({}): it expired, or it was a one-shot link that has been fetched",
                    head.status
                ),
            ),
            401 | 403 => (Role::Caution, format!("access denied ({})", head.status)),
            405 | 501 => (
                Role::Caution,
                format!("does not answer this kind of request ({})", head.status),
            ),
            status => (Role::Caution, format!("answered with status {status}")),
        }
    }

    /// What can be done, or is being done.
    fn state(&self, link: &Link, limit: u64, look: &Look, focused: bool) -> Vec<Paragraph> {
        let (open, ask, back) = (
            look.key(Action::Open),
            look.key(Action::AskLink),
            look.key(Action::Back),
        );
        // When seen from the list, it has to be focused first.
        let open = if focused { open } else { format!("{open} {open}") };
        let sentence = |role, text: &str| line(vec![Piece::new(role, text)]);
        let refused = link.facts.as_ref().and_then(|facts| facts.refused.as_ref());
        let mut lines = Vec::new();
        let mut keys = Vec::new();
        let takes;
        match &link.transfer {
            Transfer::Running(running) => {
                lines.extend(running.percent().map(bar));
                lines.push(sentence(Role::Text, &progress(running)));
                keys.push((back, "cancels"));
            }
            _ if refused.is_some() => {
                lines.push(sentence(
                    Role::SeverityError,
                    &refused.map_or_else(String::new, |refused| format!("✖ {refused}")),
                ));
            }
            Transfer::TooLarge(most) => {
                lines.push(sentence(
                    Role::Caution,
                    &format!("▲ Larger than the limit of {} for one link.", format::size(limit)),
                ));
                takes = format!("fetches up to {} anyway", format::size(*most));
                keys.push((open, takes.as_str()));
            }
            Transfer::Failed(why) => {
                lines.push(sentence(Role::SeverityError, &format!("✖ {why}.")));
                keys.extend([(open, "retries"), (ask, "checks whether it still exists")]);
            }
            Transfer::Cancelled => {
                lines.push(sentence(Role::Text, "Cancelled."));
                keys.extend([
                    (open, "fetches it again"),
                    (ask, "checks whether it still exists"),
                ]);
            }
            Transfer::None => {
                let why = self.why.as_deref().unwrap_or("nobody has requested it yet");
                lines.push(sentence(Role::Dim, &format!("Not fetched: {why}.")));
                lines.push(sentence(
                    Role::Caution,
                    "▲ Fetching a one-shot link uses it up: its intended receiver then gets nothing.",
                ));
                keys.extend([(open, "fetches it"), (ask, "checks whether it still exists")]);
            }
        }
        lines.push(line(vec![]));
        lines.extend(key_lines(&keys));
        lines
    }
}

/// Keys with what they do, one per line, in columns.
fn key_lines(keys: &[(String, &str)]) -> Vec<Paragraph> {
    let widest = keys.iter().map(|(key, _)| cells(key)).max().unwrap_or(0);
    let row = |(key, does): &(String, &str)| Paragraph {
        pieces: vec![
            Piece::new(Role::Key, &left(key, widest + 2)),
            Piece::new(Role::Hint, does),
        ],
        indent: widest + 2,
    };
    keys.iter().map(row).collect()
}

/// How far a download is: `1.21 GB of 2.10 GB · 57 % · 82.1 MB/s · 11.0 s left`.
pub fn progress(running: &Running) -> String {
    let done = format::size(running.progress.done());
    let mut parts = vec![match running.progress.total() {
        Some(total) => format!("{done} of {}", format::size(total)),
        None => done,
    }];
    parts.extend(running.percent().map(|percent| format!("{percent} %")));
    if running.rate() >= 1.0 {
        parts.push(format!("{}/s", format::size(running.rate() as u64)));
    }
    let whole = |us: u64| us.div_ceil(1_000_000) * 1_000_000;
    parts.extend(
        running
            .left_us()
            .map(|us| format!("{} left", format::seconds(whole(us)))),
    );
    parts.join(" · ")
}

fn bar(percent: u64) -> Paragraph {
    let full = (percent * BAR / 100) as usize;
    line(vec![
        Piece::new(Role::Gauge, &"━".repeat(full)),
        Piece::new(Role::Border, &"─".repeat(BAR as usize - full)),
    ])
}

/// An address and its network, unless it is on the public internet.
fn described(address: &IpAddr) -> String {
    let place = match address.to_canonical() {
        address if address.is_loopback() => " (this computer)",
        IpAddr::V4(v4) if v4.is_private() => " (a private network)",
        IpAddr::V6(v6) if v6.is_unique_local() => " (a private network)",
        IpAddr::V4(v4) if v4.is_link_local() => " (this network only)",
        IpAddr::V6(v6) if v6.is_unicast_link_local() => " (this network only)",
        _ => "",
    };
    format!("{address}{place}")
}

fn line(pieces: Vec<Piece>) -> Paragraph {
    Paragraph { pieces, indent: 2 }
}

impl Preview for LinkPanel {
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        let mut lines = self.lines.clone();
        if lines.len() > usize::from(area.height) {
            lines.retain(|line| !line.pieces.is_empty());
        }
        let copy = self.url.clone();
        self.view.replace(vec![Block { lines, copy }]);
        self.view.fit(area, context);
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        self.view.draw(area, buffer, context);
    }

    fn act(&mut self, motion: Motion) -> bool {
        self.view.act(motion)
    }

    fn search(&mut self, pattern: &str) -> Option<usize> {
        self.view.search(pattern)
    }

    fn copy(&self) -> Option<String> {
        Some(self.url.clone())
    }

    fn learn(&mut self, links: &Links, look: &Look, focused: bool) {
        let unknown = Link::default();
        let link = links.get(&self.url).unwrap_or(&unknown);
        let mut lines = self.head();
        lines.push(line(vec![]));
        let facts = self.facts(link);
        if !facts.is_empty() {
            lines.extend(facts);
            lines.push(line(vec![]));
        }
        lines.extend(self.state(link, links.limit(), look, focused));
        self.lines = lines;
    }
}
