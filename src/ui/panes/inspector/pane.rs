//! The inspector: header lines, one tab per payload, then envelope, raw bytes and findings.

use crate::look::Role;
use crate::paint::{Pen, cells, empty_notice, fit_middle, row_of};
use crate::panes::contract::{PaneView, Scene};
use crate::preview::{Motion, Preview, PreviewContext, ViewId, Views, header_lines};
use natsbridge_app::{Action, InspectorMsg, Msg, Opened, State, count};
use natsbridge_wire::{Kind, SafeText, Severity, breaks};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Cells of one tab's title at most.
const TAB_CELLS: usize = 24;

struct InspectorTab {
    id: ViewId,
    title: String,
    kind: Option<Kind>,
    role: Role,
    view: Box<dyn Preview>,
}

/// The pane's own state: the views of the message in it.
#[derive(Default)]
pub struct InspectorPane {
    seq: u64,
    tabs: Vec<InspectorTab>,
    active: usize,
    /// Whether a finding keeps some reader from reading the message.
    broken: bool,
    /// The message whose findings are requested, and whether to show them in any case.
    wanted: Option<(u64, bool)>,
    /// Where tabs and view were drawn, relative to the pane, for clicks.
    tab_row: u16,
    tab_cells: Vec<(u16, u16, usize)>,
    /// Whether there are tabs at the right that have no room.
    more_tabs: bool,
    view_area: Rect,
}

impl InspectorPane {
    /// Shows a message; the tab stays on the payload of the same name, or on the same kind of tab.
    pub fn show(&mut self, opened: &Opened, views: Views, envelope: Box<dyn Preview>, last_id: &mut ViewId) {
        let before = self
            .tabs
            .get(self.active)
            .map(|tab| (tab.title.clone(), tab.kind.is_some()));
        self.seq = opened.stored.seq;
        self.tabs = tabs_of(opened, views, envelope, last_id);
        let same = |(title, payload): &(String, bool)| {
            self.tabs
                .iter()
                .position(|tab| tab.title == *title && tab.kind.is_some() == *payload)
        };
        self.active = before.as_ref().and_then(same).unwrap_or(0);
        self.broken = opened.decoded.findings.iter().any(|finding| breaks(finding.code));
        self.find();
    }

    /// Shows the findings of that message once it is here; unless `always`, only if some reader cannot read it.
    pub fn look_into(&mut self, seq: u64, always: bool) {
        self.wanted = Some((seq, always));
        self.find();
    }

    fn find(&mut self) {
        let Some((_, always)) = self.wanted.take_if(|(seq, _)| *seq == self.seq) else {
            return;
        };
        if always || self.broken {
            self.active = self.tabs.len().saturating_sub(1);
        }
    }

    /// The number of the active tab.
    pub fn active(&self) -> usize {
        self.active
    }

    /// The message that the state shows, if its views are here.
    fn shown<'s>(&self, scene: Scene<'s>) -> Option<&'s Opened> {
        let opened = scene.state.inspector.opened.as_ref()?;
        (opened.stored.seq == self.seq && !self.tabs.is_empty()).then_some(opened)
    }

    /// Goes some tabs further, around the end.
    pub fn step(&mut self, steps: isize) {
        if let Some(tabs) = Some(self.tabs.len() as isize).filter(|tabs| *tabs > 0) {
            self.active = (self.active as isize + steps).rem_euclid(tabs) as usize;
        }
    }

    /// Passes a movement to the view; `false` if it does not handle it.
    pub fn act(&mut self, motion: Motion) -> bool {
        self.tabs
            .get_mut(self.active)
            .is_some_and(|tab| tab.view.act(motion))
    }

    /// The view of the active tab.
    pub fn view(&mut self) -> Option<(ViewId, &mut dyn Preview)> {
        let tab = self.tabs.get_mut(self.active)?;
        Some((tab.id, &mut *tab.view))
    }

    /// The view of that name, if it is still here.
    pub fn view_of(&mut self, id: ViewId) -> Option<&mut dyn Preview> {
        let tab = self.tabs.iter_mut().find(|tab| tab.id == id)?;
        Some(&mut *tab.view)
    }

    /// Replaces one view by another.
    pub fn replace(&mut self, id: ViewId, view: Box<dyn Preview>) {
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) {
            tab.view = view;
        }
    }

    /// Finds out where the tabs go in a row: the active one must be visible, so tabs before it make room.
    fn fit_tabs(&mut self, area: Rect, origin: Rect) {
        self.tab_row = area.y - origin.y;
        let room = usize::from(area.width);
        let widths: Vec<usize> = self.tabs.iter().map(|tab| cells(&tab.title) + 3).collect();
        let mut first = 0;
        while first < self.active && widths[first..=self.active].iter().sum::<usize>() > room {
            first += 1;
        }
        self.more_tabs = widths.iter().skip(first).sum::<usize>() > room + 3;
        self.tab_cells.clear();
        let mut start = 0;
        for (i, width) in widths.iter().enumerate().skip(first) {
            let end = (start + width - 3).min(room);
            self.tab_cells.push((start as u16, end as u16, i));
            start = (start + width).min(room);
        }
    }

    fn draw_tabs(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
        let border = scene.look.style(Role::Border);
        let active = scene
            .look
            .style(Role::Strong)
            .patch(scene.look.style(Role::Accent));
        let mut pen = Pen::new(buffer, area);
        for (place, (_, _, i)) in self.tab_cells.iter().enumerate() {
            let Some(tab) = self.tabs.get(*i) else { break };
            if place > 0 {
                pen.write(" │ ", border);
            }
            let style = if *i == self.active {
                active.add_modifier(Modifier::UNDERLINED)
            } else {
                scene.look.style(tab.role)
            };
            pen.write(&tab.title, style);
        }
        // Hidden tabs are indicated at the edge; the next-tab key leads there.
        if self.more_tabs {
            let edge = Rect {
                x: area.right().saturating_sub(2).max(area.x),
                width: 2.min(area.width),
                ..area
            };
            Pen::new(buffer, edge).write(" ›", scene.look.style(Role::Accent));
        }
    }
}

/// The message shown, its lines above the tabs, and where everything goes.
struct Parts {
    lines: Vec<Line<'static>>,
    inner: Rect,
    tabs: Rect,
    rule: Option<Rect>,
    view: Rect,
}

impl Parts {
    fn new(area: Rect, opened: &Opened, scene: Scene<'_>) -> Self {
        let inner = Rect {
            x: area.x + 1.min(area.width),
            width: area.width.saturating_sub(2),
            ..area
        };
        let mut lines = header_lines(
            &opened.decoded,
            &opened.stored,
            replies(opened, scene.state),
            &scene.look.zone,
            &scene.look.theme,
            inner.width,
        );
        // On a small screen the payload matters more than the header.
        lines.truncate(if area.height < 12 {
            1
        } else {
            usize::from(area.height) / 3
        });
        let airy = area.height >= 16;
        let tabs = lines.len() + usize::from(airy);
        let rule = airy.then(|| row_of(inner, tabs + 1));
        let y = ((tabs + 1 + usize::from(airy)) as u16).min(inner.height);
        Self {
            lines,
            inner,
            tabs: row_of(inner, tabs),
            rule,
            view: Rect {
                y: inner.y + y,
                height: inner.height - y,
                ..inner
            },
        }
    }
}

impl PaneView for InspectorPane {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let opened = scene
            .state
            .inspector
            .opened
            .as_ref()
            .map(|opened| opened.stored.seq);
        let text = opened.map_or_else(String::new, |seq| format!("#{}", count(seq)));
        let mark = match scene.state.inspector.is_decoding(scene.state.now_us) {
            true if text.is_empty() => "decoding …",
            true => " · decoding …",
            false => "",
        };
        Line::from(scene.look.span(text + mark, Role::Dim))
    }

    fn position(&self, scene: Scene<'_>) -> String {
        let tab = self
            .tabs
            .get(self.active)
            .filter(|_| scene.state.inspector.opened.is_some());
        let position = tab.map(|tab| tab.view.position()).unwrap_or_default();
        SafeText::new(&position).as_str().to_owned()
    }

    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg> {
        let Parts { tabs, view, .. } = Parts::new(area, self.shown(scene)?, scene);
        self.fit_tabs(tabs, area);
        self.view_area = Rect {
            x: view.x - area.x,
            y: view.y - area.y,
            ..view
        };
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.view
                .learn(&scene.state.inspector.links, scene.look, scene.focused);
            tab.view.fit(
                view,
                PreviewContext::new(scene.look, scene.focused, scene.covered),
            );
        }
        None
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) -> Option<Position> {
        let Some(opened) = self.shown(scene) else {
            let open = scene.look.key(Action::Open);
            let text = format!("The selected message is shown here, decoded; {open} in Messages moves in.");
            empty_notice(&text, area, buffer, scene.look);
            return None;
        };
        let parts = Parts::new(area, opened, scene);
        for (i, line) in parts.lines.iter().enumerate() {
            line.render(row_of(parts.inner, i), buffer);
        }
        self.draw_tabs(parts.tabs, buffer, scene);
        if let Some(row) = parts.rule {
            let rule = "─".repeat(usize::from(row.width));
            Pen::new(buffer, row).write(&rule, scene.look.style(Role::Border));
        }
        if let Some(tab) = self.tabs.get(self.active).filter(|_| !parts.view.is_empty()) {
            let context = PreviewContext::new(scene.look, scene.focused, scene.covered);
            tab.view.draw(parts.view, buffer, context);
        }
        None
    }

    fn click(&mut self, column: u16, row: u16, _state: &State) -> Option<Msg> {
        let column_of_tab = column.checked_sub(1)?;
        let hit = |(start, end, _): &&(u16, u16, usize)| (*start..*end).contains(&column_of_tab);
        if row == self.tab_row {
            let (_, _, tab) = self.tab_cells.iter().find(hit)?;
            self.active = *tab;
            let kind = self.tabs[self.active].view.kind();
            return Some(Msg::Inspector(InspectorMsg::Tab(self.active, kind)));
        }
        let area = self.view_area;
        let column = column.checked_sub(area.x).filter(|column| *column < area.width)?;
        let row = row.checked_sub(area.y).filter(|row| *row < area.height)?;
        self.act(Motion::Click { column, row });
        None
    }

    fn wheel(&mut self, rows: i16) -> Option<Msg> {
        self.act(Motion::Wheel(rows));
        None
    }
}

/// The number of replies the timeline knows for a message.
fn replies(opened: &Opened, state: &State) -> u32 {
    let seq = opened.stored.seq;
    let digest = state.store.row(seq).and_then(|row| row.digest);
    let id = digest.and_then(|digest| digest.conversation);
    let replies = id.and_then(|id| state.store.timeline(|timeline| timeline.replies(id, seq)));
    replies.unwrap_or(0)
}

/// Payload tabs, then those of the whole message.
fn tabs_of(
    opened: &Opened,
    views: Views,
    envelope: Box<dyn Preview>,
    last_id: &mut ViewId,
) -> Vec<InspectorTab> {
    let several = views.tabs.len() > 1;
    let payloads = views.tabs.into_iter().enumerate().map(|(i, tab)| {
        let name = if tab.title.as_str().is_empty() {
            tab.kind.name()
        } else {
            tab.title.as_str()
        };
        let title = if several {
            format!("{} {name}", i + 1)
        } else {
            name.to_owned()
        };
        InspectorTab {
            id: ViewId::default(),
            title: fit_middle(&title, TAB_CELLS),
            kind: Some(tab.kind),
            role: tab.kind.into(),
            view: tab.view,
        }
    });
    let whole = |title: String, role: Role, view| InspectorTab {
        id: ViewId::default(),
        title,
        kind: None,
        role,
        view,
    };
    let mut tabs: Vec<InspectorTab> = payloads.collect();
    let name = if opened.decoded.envelope.is_some() {
        "envelope"
    } else {
        "NATS"
    };
    tabs.push(whole(name.into(), Role::Dim, envelope));
    tabs.push(whole("raw".into(), Role::Dim, views.raw));
    let findings = &opened.decoded.findings;
    let worst = findings.iter().map(|finding| finding.code.severity()).max();
    let title = if findings.is_empty() {
        "findings".into()
    } else {
        format!("findings {}", findings.len())
    };
    let role = worst
        .filter(|worst| *worst > Severity::Note)
        .map_or(Role::Dim, Role::from);
    tabs.push(whole(title, role, views.findings));
    for tab in &mut tabs {
        tab.id = last_id.next();
    }
    tabs
}
