//! The panel of a link that has not been fetched: what it is, where it points, why it is not fetched, and download
//! progress. It is updated before every draw and fetches nothing itself.

use crate::look::{Look, Role};
use crate::paint::{format, left, widest};
use crate::preview::contract::{Preview, PreviewContext};
use crate::preview::text::{Block, BlockView, Paragraph, Piece, wrap};
use natsbridge_app::{Action, Link, Links, Running, Transfer};
use natsbridge_engine::{Head, shown_link};
use natsbridge_wire::{DecodedPayload, EnvelopePayload, Kind};
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
    pub fn new(payload: &DecodedPayload<'_>, declared: Option<&EnvelopePayload<'_>>) -> Self {
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
            let pieces = vec![Piece::new(Role::Dim, &name), Piece::new(role, value)];
            lines.push(Paragraph::new(NAMES, pieces));
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
            status @ (404 | 410) => {
                let why = "it expired, or it was a one-shot link that has been fetched";
                (Role::Bad, format!("the file is gone ({status}): {why}"))
            }
            status @ (401 | 403) => (Role::Caution, format!("access denied ({status})")),
            status @ (405 | 501) => {
                let text = format!("does not answer this kind of request ({status})");
                (Role::Caution, text)
            }
            status => (Role::Caution, format!("answered with status {status}")),
        }
    }

    /// What can be done, or is being done.
    fn state(&self, link: &Link, limit: u64, look: &Look, focused: bool) -> Vec<Paragraph> {
        let (open, ask) = (look.key(Action::Open), look.key(Action::AskLink));
        // When seen from the list, it has to be focused first.
        let open = if focused { open } else { format!("{open} {open}") };
        let refused = link.facts.as_ref().and_then(|facts| facts.refused.as_ref());
        let sentence = |role, text: &str| line(vec![Piece::new(role, text)]);
        let asks = (ask, "checks whether it still exists".to_owned());
        let (mut lines, keys) = match (&link.transfer, refused) {
            (Transfer::Running(running), _) => {
                let mut lines: Vec<_> = running.percent().map(bar).into_iter().collect();
                lines.push(sentence(Role::Text, &progress(running)));
                (lines, vec![(look.key(Action::Back), "cancels".to_owned())])
            }
            (_, Some(refused)) => {
                let why = sentence(Role::SeverityError, &format!("✖ {refused}"));
                (vec![why], vec![])
            }
            (Transfer::TooLarge(most), None) => {
                let limit = format::size(limit);
                let why = format!("▲ Larger than the limit of {limit} for one link.");
                let takes = format!("fetches up to {} anyway", format::size(*most));
                (vec![sentence(Role::Caution, &why)], vec![(open, takes)])
            }
            (Transfer::Failed(why), None) => {
                let why = sentence(Role::SeverityError, &format!("✖ {why}."));
                (vec![why], vec![(open, "retries".to_owned()), asks])
            }
            (Transfer::Cancelled, None) => {
                let why = sentence(Role::Text, "Cancelled.");
                (vec![why], vec![(open, "fetches it again".to_owned()), asks])
            }
            (Transfer::None, None) => {
                let why = self.why.as_deref().unwrap_or("nobody has requested it yet");
                let uses_up =
                    "▲ Fetching a one-shot link uses it up: its intended receiver then gets nothing.";
                let lines = vec![
                    sentence(Role::Dim, &format!("Not fetched: {why}.")),
                    sentence(Role::Caution, uses_up),
                ];
                (lines, vec![(open, "fetches it".to_owned()), asks])
            }
        };
        lines.push(line(vec![]));
        lines.extend(key_lines(&keys));
        lines
    }
}

/// Keys with what they do, one per line, in columns.
fn key_lines(keys: &[(String, String)]) -> Vec<Paragraph> {
    let indent = widest(keys.iter().map(|(key, _)| key)) + 2;
    let row = |(key, does): &(String, String)| {
        let key = Piece::new(Role::Key, &left(key, indent));
        Paragraph::new(indent, vec![key, Piece::new(Role::Hint, does)])
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
    let left = running.left_us().map(|us| format::seconds(whole(us)));
    parts.extend(left.map(|left| format!("{left} left")));
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
    Paragraph::new(2, pieces)
}

impl Preview for LinkPanel {
    fn inner(&self) -> Option<&dyn Preview> {
        Some(&self.view)
    }

    fn inner_mut(&mut self) -> Option<&mut dyn Preview> {
        Some(&mut self.view)
    }

    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        let mut lines = self.lines.clone();
        if context.on_page || lines.len() > usize::from(area.height) {
            lines.retain(|line| !line.pieces.is_empty());
        }
        let copy = self.url.clone();
        self.view.replace(vec![Block { lines, copy }]);
        self.view.fit(area, context);
    }

    fn wanted_rows(&self, width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        let lines = self.lines.iter().filter(|line| !line.pieces.is_empty());
        let width = usize::from(width.saturating_sub(1));
        let rows: usize = lines
            .map(|line| wrap(&line.pieces, width, line.indent).len())
            .sum();
        rows.min(usize::from(most)) as u16
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
