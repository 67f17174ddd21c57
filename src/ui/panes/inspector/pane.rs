//! The inspector: header lines, one tab per payload, then envelope, raw bytes and findings.

use crate::look::{Look, Role};
use crate::paint::{Pen, cells, empty_notice, fit_end, fit_middle, indented, row_of, split};
use crate::panes::contract::{PaneView, Scene};
use crate::preview::{BlockView, Motion, Preview, PreviewContext, Tab, ViewId, Views, header_lines};
use natsbridge_app::{Action, InspectorMsg, Msg, Opened, State, count};
use natsbridge_wire::{Kind, PayloadState, SafeText, Severity, breaks};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Cells of one tab's title at most.
const TAB_CELLS: usize = 24;
/// Cells at each edge for how many tabs are hidden there.
const TAB_EDGE: usize = 3;

struct InspectorTab {
    id: ViewId,
    title: String,
    kind: Option<Kind>,
    role: Role,
    /// The state of its payload, if it has one.
    state: Option<PayloadState>,
    /// Whether it takes much memory.
    heavy: bool,
    view: Box<dyn Preview>,
}

impl InspectorTab {
    /// Whether it shows the same as this one, which takes little memory.
    fn goes_on(&self, other: &Self) -> bool {
        let light = !self.heavy && !other.heavy && self.state.is_some();
        light && (&self.title, self.state) == (&other.title, other.state)
    }
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
    /// How many tabs have no room at the left and at the right.
    hidden_tabs: (usize, usize),
    view_area: Rect,
}

impl InspectorPane {
    /// Shows a message; the tab stays on the payload of the same name, or on the same kind of tab.
    pub fn show(&mut self, opened: &Opened, views: Views, envelope: Box<dyn Preview>, last_id: &mut ViewId) {
        let before = self
            .tabs
            .get(self.active)
            .map(|tab| (tab.title.clone(), tab.kind.is_some()));
        let goes_on = std::mem::replace(&mut self.seq, opened.stored.seq) == self.seq;
        let tabs = tabs_of(opened, views, envelope, last_id);
        let old = std::mem::replace(&mut self.tabs, tabs);
        if goes_on {
            // What somebody has looked at before stays as they left it.
            for (tab, old) in self.tabs.iter_mut().zip(old) {
                if old.goes_on(tab) {
                    *tab = old;
                }
            }
        }
        let same = |(title, payload): &(String, bool)| {
            self.tabs
                .iter()
                .position(|tab| tab.title == *title && tab.kind.is_some() == *payload)
        };
        self.active = before.as_ref().and_then(same).unwrap_or(0);
        self.broken = opened.decoded.findings.iter().any(|finding| breaks(finding.code));
        self.find();
    }

    /// Lets go of views that take much memory: something else is decoded.
    pub fn let_go(&mut self) {
        for tab in self.tabs.iter_mut().filter(|tab| tab.heavy) {
            tab.view = unseen();
        }
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

    /// Finds out where the tabs go in a row: the active one must be visible, so others make room. At each edge stands how
    /// many are hidden there.
    fn fit_tabs(&mut self, area: Rect, origin: Rect) {
        self.tab_row = area.y - origin.y;
        let widths: Vec<usize> = self.tabs.iter().map(|tab| cells(&tab.title) + 3).collect();
        let all = usize::from(area.width);
        let used = |range: std::ops::Range<usize>| widths[range].iter().sum::<usize>().saturating_sub(3);
        let whole = used(0..widths.len()) <= all;
        let room = if whole {
            all
        } else {
            all.saturating_sub(2 * TAB_EDGE)
        };
        let mut first = 0;
        while !whole && first < self.active && used(first..self.active + 1) > room {
            first += 1;
        }
        let mut end = first + 1;
        while end < widths.len() && used(first..end + 1) <= room {
            end += 1;
        }
        self.hidden_tabs = (first, widths.len().saturating_sub(end));
        self.tab_cells.clear();
        let mut start = if first > 0 { TAB_EDGE } else { 0 };
        let most = start + room;
        for (i, width) in widths.iter().enumerate().take(end).skip(first) {
            let place = (start as u16, (start + width - 3).min(most) as u16, i);
            self.tab_cells.push(place);
            start += width;
        }
    }

    fn draw_tabs(&self, area: Rect, buffer: &mut Buffer, look: &Look) {
        let active = look.style(Role::Strong).patch(look.style(Role::Accent));
        let mut pen = Pen::new(buffer, area, look);
        let (before, after) = self.hidden_tabs;
        if before > 0 {
            pen.write(format!("‹{before}"), Role::Accent);
        }
        for (place, (start, end, i)) in self.tab_cells.iter().enumerate() {
            let Some(tab) = self.tabs.get(*i) else { break };
            if place > 0 {
                pen.write(" │ ", Role::Border);
            }
            pen.at(area.x + start);
            let title = fit_end(&tab.title, usize::from(end - start));
            if *i == self.active {
                pen.styled(title, active.add_modifier(Modifier::UNDERLINED));
            } else {
                pen.write(title, tab.role);
            }
        }
        if after > 0 {
            let text = format!("{after}›");
            let edge = area.width.saturating_sub(cells(&text) as u16);
            Pen::new(buffer, indented(area, edge), look).write(text, Role::Accent);
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
        if area.height < 12 {
            lines.truncate(1);
        }
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
        let number = |opened: &Opened| format!("no. {}", count(opened.stored.seq));
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

/// Stands where a view is being made.
fn unseen() -> Box<dyn Preview> {
    Box::new(BlockView::sentence(
        "This payload is decoded now that it is looked at.",
    ))
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
    let worst = findings.iter().map(natsbridge_wire::Finding::severity).max();
    let role = worst
        .filter(|worst| *worst > Severity::Note)
        .map_or(Role::Dim, Role::from);
    tabs.push(tab(title, None, role, views.findings));
    tabs
}
