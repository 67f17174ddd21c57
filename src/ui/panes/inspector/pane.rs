//! The inspector: header lines, one tab per payload, then envelope, raw bytes and findings.

use crate::look::{Look, Role};
use crate::paint::{Pen, cells, empty_notice, fit_middle, indented, row_of, split};
use crate::panes::contract::{PaneView, Scene};
use crate::preview::{Motion, Preview, PreviewContext, Tab, ViewId, Views, header_lines};
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

    fn draw_tabs(&self, area: Rect, buffer: &mut Buffer, look: &Look) {
        let active = look.style(Role::Strong).patch(look.style(Role::Accent));
        let mut pen = Pen::new(buffer, area, look);
        for (place, (_, _, i)) in self.tab_cells.iter().enumerate() {
            let Some(tab) = self.tabs.get(*i) else { break };
            if place > 0 {
                pen.write(" │ ", Role::Border);
            }
            if *i == self.active {
                pen.styled(&tab.title, active.add_modifier(Modifier::UNDERLINED));
            } else {
                pen.write(&tab.title, tab.role);
            }
        }
        // Hidden tabs are indicated at the edge; the next-tab key leads there.
        if self.more_tabs {
            let edge = indented(area, area.width.saturating_sub(2));
            Pen::new(buffer, edge, look).write(" ›", Role::Accent);
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
            width: area.width.saturating_sub(2),
            ..indented(area, 1)
        };
        let (replies, look) = (replies(opened, scene.state), scene.look);
        let (message, stored) = (&opened.decoded, &opened.stored);
        let mut lines = header_lines(message, stored, replies, &look.zone, &look.theme, inner.width);
        // On a small screen the payload matters more than the header.
        lines.truncate(if area.height < 12 {
            1
        } else {
            usize::from(area.height) / 3
        });
        let airy = area.height >= 16;
        let tabs = lines.len() + usize::from(airy);
        Self {
            lines,
            inner,
            tabs: row_of(inner, tabs),
            rule: airy.then(|| row_of(inner, tabs + 1)),
            view: split(inner, tabs + 1 + usize::from(airy)).1,
        }
    }
}

impl PaneView for InspectorPane {
    fn title(&self, scene: Scene<'_>) -> Line<'static> {
        let inspector = &scene.state.inspector;
        let number = |opened: &Opened| format!("#{}", count(opened.stored.seq));
        let text = inspector.opened.as_ref().map(number).unwrap_or_default();
        let mark = match inspector.is_decoding(scene.state.now_us) {
            true if text.is_empty() => "decoding …",
            true => " · decoding …",
            false => "",
        };
        Line::from(scene.look.span(text + mark, Role::Dim))
    }

    fn position(&self, scene: Scene<'_>) -> String {
        let tab = self.tabs.get(self.active);
        let tab = tab.filter(|_| scene.state.inspector.opened.is_some());
        let position = tab.map(|tab| tab.view.position());
        SafeText::new(&position.unwrap_or_default()).to_string()
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
            let context = PreviewContext::new(scene.look, scene.focused, scene.covered);
            tab.view
                .learn(&scene.state.inspector.links, scene.look, scene.focused);
            tab.view.fit(view, context);
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
        for (row, line) in parts.inner.rows().zip(&parts.lines) {
            line.render(row, buffer);
        }
        self.draw_tabs(parts.tabs, buffer, scene.look);
        if let Some(row) = parts.rule {
            let rule = "─".repeat(usize::from(row.width));
            Pen::new(buffer, row, scene.look).write(rule, Role::Border);
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
    let mut tab = |title, kind, role, view| InspectorTab {
        id: last_id.next(),
        title,
        kind,
        role,
        view,
    };
    let mut tabs = Vec::new();
    for (number, Tab { title, kind, view }) in (1..).zip(views.tabs) {
        let name = match title.as_str() {
            "" => kind.name(),
            title => title,
        };
        let title = if several {
            fit_middle(format!("{number} {name}"), TAB_CELLS)
        } else {
            fit_middle(name, TAB_CELLS)
        };
        tabs.push(tab(title, Some(kind), kind.into(), view));
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
    let worst = findings.iter().map(|finding| finding.code.severity()).max();
    let role = worst
        .filter(|worst| *worst > Severity::Note)
        .map_or(Role::Dim, Role::from);
    tabs.push(tab(title, None, role, views.findings));
    tabs
}
