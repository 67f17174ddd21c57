//! A tab of the inspector: a payload, or something of the whole message, with its view.

use crate::look::Role;
use crate::paint::fit_middle;
use crate::preview::{BlockView, Piece, Preview, Tab, ViewId, Views};
use natsbridge_app::Opened;
use natsbridge_wire::{Finding, Kind, PayloadState, Severity};

/// Cells of one tab's title at most.
const TAB_CELLS: usize = 24;

/// One tab.
pub struct InspectorTab {
    /// Its view is known by this.
    pub id: ViewId,
    /// Its title.
    pub title: String,
    /// The kind of its payload.
    pub kind: Option<Kind>,
    /// How its title looks.
    pub role: Role,
    /// What its payload is, in one line.
    pub facts: Vec<Piece>,
    /// The state of its payload, if it has one.
    pub state: Option<PayloadState>,
    /// Whether it takes much memory.
    pub heavy: bool,
    /// What it shows.
    pub view: Box<dyn Preview>,
}

impl InspectorTab {
    /// Whether it shows the same as this one, which takes little memory.
    pub fn goes_on(&self, other: &Self) -> bool {
        let light = !self.heavy && !other.heavy && self.state.is_some();
        light && (&self.title, self.state) == (&other.title, other.state)
    }
}

/// Stands where a view is being made.
pub fn unseen() -> Box<dyn Preview> {
    Box::new(BlockView::sentence(
        "This payload is decoded as soon as it is looked at.",
    ))
}

/// Payload tabs, then those of the whole message.
pub fn tabs_of(
    opened: &Opened,
    views: Views,
    envelope: Box<dyn Preview>,
    last_id: &mut ViewId,
) -> Vec<InspectorTab> {
    let several = views.tabs.len() > 1;
    let mut tab = |title, kind, role, view| InspectorTab {
        id: last_id.next(),
        title,
        kind,
        role,
        facts: vec![],
        state: None,
        heavy: false,
        view,
    };
    let mut tabs = Vec::new();
    for (number, payload) in (1..).zip(views.tabs) {
        let Tab { title, kind, .. } = payload;
        let name = match title.as_str() {
            "" => kind.name(),
            title => title,
        };
        let title = if several {
            fit_middle(format!("{number} {name}"), TAB_CELLS)
        } else {
            fit_middle(name, TAB_CELLS)
        };
        let view = payload.view.unwrap_or_else(unseen);
        tabs.push(InspectorTab {
            state: Some(payload.state),
            heavy: payload.heavy,
            facts: payload.facts,
            ..tab(title, Some(kind), kind.into(), view)
        });
    }
    let name = match opened.decoded.envelope {
        Some(_) => "envelope",
        None => "NATS",
    };
    tabs.push(tab(name.into(), None, Role::Dim, envelope));
    tabs.push(tab("raw".into(), None, Role::Dim, views.raw));
    let findings = &opened.decoded.findings;
    let title = match findings.len() {
        0 => "findings".into(),
        some => format!("findings {some}"),
    };
    let worst = findings.iter().map(Finding::severity).max();
    let role = worst
        .filter(|worst| *worst > Severity::Note)
        .map_or(Role::Dim, Role::from);
    tabs.push(tab(title, None, role, views.findings));
    tabs
}
