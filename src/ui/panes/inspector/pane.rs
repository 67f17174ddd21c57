//! The inspector: header lines, the whole message as a page, one tab per payload, then envelope, raw bytes and findings.

use super::page::Page;
use super::tab::{InspectorTab, tabs_of, unseen};
use crate::look::{Look, Role};
use crate::paint::{Pen, cells, empty_notice, fit_end, indented, row_of, split};
use crate::panes::contract::{PaneView, Scene};
use crate::preview::{Motion, Preview, PreviewContext, Searched, ViewId, Views, Wish, header_lines};
use natsbridge_app::{Action, InspectorMsg, Msg, Opened, Pane, State, count};
use natsbridge_wire::{SafeText, breaks};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Cells at each edge for how many tabs are hidden there.
const TAB_EDGE: usize = 3;

/// The title of the page's tab.
const PAGE: &str = "all";

/// What is shown of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shown {
    /// All of it on one page, if there are several payloads.
    #[default]
    Several,
    /// All of it on one page.
    Page,
    /// One tab.
    Tab,
    /// One that was opened from the page.
    FromPage,
}

/// The pane's own state: the views of the message in it.
#[derive(Default)]
pub struct InspectorPane {
    seq: u64,
    tabs: Vec<InspectorTab>,
    /// The tab shown, or that of the payload under the cursor of the page.
    active: usize,
    shown: Shown,
    page: Page,
    /// Whether the pane has all of the screen.
    maximised: bool,
    /// Whether the page is drawn below a conversation, not here.
    below: bool,
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
        let found = before.as_ref().and_then(same);
        if !goes_on {
            self.page = Page::default();
        }
        if self.is_page() {
            self.active = self.page.part().min(self.payloads().saturating_sub(1));
        } else {
            self.active = found.unwrap_or(0);
            if found.is_none() && self.shown != Shown::Page {
                self.shown = Shown::Several;
            }
        }
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
            self.show_tab(self.tabs.len().saturating_sub(1), Shown::Tab);
        }
    }

    /// Payloads that have a tab.
    fn payloads(&self) -> usize {
        self.tabs.iter().take_while(|tab| tab.state.is_some()).count()
    }

    /// Whether the page has a tab.
    fn has_page(&self) -> bool {
        let payloads = self.payloads();
        payloads > 1 || (payloads == 1 && self.maximised)
    }

    /// Whether the page is shown.
    fn is_page(&self) -> bool {
        match self.shown {
            Shown::Several => self.payloads() > 1,
            Shown::Page => self.has_page(),
            Shown::Tab | Shown::FromPage => false,
        }
    }

    fn show_tab(&mut self, tab: usize, shown: Shown) {
        (self.active, self.shown) = (tab, shown);
    }

    fn show_page(&mut self) {
        self.shown = Shown::Page;
        self.page
            .show_part(self.active.min(self.payloads().saturating_sub(1)));
        self.active = self.page.part();
    }

    /// Opens the tab of the payload under the cursor of the page; `false` where the page is not shown.
    pub fn open_payload(&mut self) -> bool {
        let is_page = self.is_page();
        if is_page {
            self.show_tab(self.page.part(), Shown::FromPage);
        }
        is_page
    }

    /// Goes back to the page that a payload was opened from; `false` if none was.
    pub fn leave_payload(&mut self) -> bool {
        let from_page = self.shown == Shown::FromPage && self.has_page();
        if from_page {
            self.show_page();
        }
        from_page
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
        let page = usize::from(self.has_page());
        let Some(tabs) = Some((self.tabs.len() + page) as isize).filter(|tabs| *tabs > 0) else {
            return;
        };
        match (self.place() as isize + steps).rem_euclid(tabs) as usize {
            0 if page > 0 => {
                self.active = 0;
                self.show_page();
            }
            place => self.show_tab(place - page, Shown::Tab),
        }
    }

    /// The place of what is shown among the tabs, the page being the first.
    fn place(&self) -> usize {
        if self.is_page() {
            return 0;
        }
        self.active + usize::from(self.has_page())
    }

    /// Passes a movement to the view; `false` if it does not handle it.
    pub fn act(&mut self, motion: Motion) -> bool {
        if self.is_page() {
            let payloads = self.payloads();
            let moved = self.page.act(motion, &mut self.tabs[..payloads]);
            self.active = self.page.part();
            return moved;
        }
        self.tabs
            .get_mut(self.active)
            .is_some_and(|tab| tab.view.act(motion))
    }

    /// Searches what is shown.
    pub fn search(&mut self, pattern: &str) -> Searched {
        if self.is_page() {
            let payloads = self.payloads();
            let found = self.page.search(pattern, &mut self.tabs[..payloads]);
            self.active = self.page.part();
            return found;
        }
        self.view()
            .map_or(Searched::Not, |(_, view)| view.search(pattern))
    }

    /// What the views that are seen ask for.
    pub fn wishes(&mut self) -> Vec<(ViewId, Vec<Wish>)> {
        let seen = if self.is_page() || self.below {
            self.page.seen()
        } else {
            self.active..self.active + 1
        };
        let tabs = self.tabs.iter_mut().skip(seen.start).take(seen.len());
        tabs.map(|tab| (tab.id, tab.view.wishes())).collect()
    }

    /// Fits the message as a page below something else, while the pane itself is not on the screen.
    pub fn fit_below(&mut self, area: Rect, scene: Scene<'_>) {
        self.below = self.shown(scene).is_some();
        if self.below {
            let (links, payloads) = (&scene.state.inspector.links, self.payloads());
            let context = PreviewContext::new(scene.look, false, scene.covered);
            let known = (links, scene.look);
            self.page.fit(area, &mut self.tabs[..payloads], known, context);
        }
    }

    /// Draws that page.
    pub fn draw_below(&self, area: Rect, buffer: &mut Buffer, scene: Scene<'_>) {
        if self.shown(scene).is_some() {
            let context = PreviewContext::new(scene.look, false, scene.covered);
            self.page
                .draw(area, buffer, &self.tabs[..self.payloads()], context);
        }
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

    /// What the state does not know yet: which payload is under the cursor, and which keys its view has.
    fn news(&self, state: &State) -> Option<Msg> {
        let kind = self.tabs.get(self.active)?.view.kind();
        let known = (state.inspector.tab, state.inspector.viewed) == (self.active, kind);
        (!known).then_some(Msg::Inspector(InspectorMsg::Tab(self.active, kind)))
    }

    /// Finds out where the tabs go in a row: the active one must be visible, so others make room. At each edge stands how
    /// many are hidden there.
    fn fit_tabs(&mut self, area: Rect, origin: Rect) {
        self.tab_row = area.y - origin.y;
        let page = self.has_page().then_some(PAGE).into_iter();
        let titles = page.chain(self.tabs.iter().map(|tab| tab.title.as_str()));
        let widths: Vec<usize> = titles.map(|title| cells(title) + 3).collect();
        let active = self.place();
        let all = usize::from(area.width);
        let used = |range: std::ops::Range<usize>| widths[range].iter().sum::<usize>().saturating_sub(3);
        let whole = used(0..widths.len()) <= all;
        let room = if whole {
            all
        } else {
            all.saturating_sub(2 * TAB_EDGE)
        };
        let mut first = 0;
        while !whole && first < active && used(first..active + 1) > room {
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
            let tab = i.checked_sub(usize::from(self.has_page()));
            let tab = tab.map_or(Some((PAGE, Role::Text)), |tab| {
                let tab = self.tabs.get(tab)?;
                Some((tab.title.as_str(), tab.role))
            });
            let Some((title, role)) = tab else { break };
            if place > 0 {
                pen.write(" │ ", Role::Border);
            }
            pen.at(area.x + start);
            let title = fit_end(title, usize::from(end - start));
            if *i == self.place() {
                pen.styled(title, active.add_modifier(Modifier::UNDERLINED));
            } else {
                pen.write(title, role);
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
        let position = match tab {
            Some(_) if self.is_page() => Some(self.page.position(&self.tabs[..self.payloads()])),
            tab => tab.map(|tab| tab.view.position()),
        };
        SafeText::new(&position.unwrap_or_default()).to_string()
    }

    fn fit(&mut self, area: Rect, scene: Scene<'_>) -> Option<Msg> {
        let Parts { tabs, view, .. } = Parts::new(area, self.shown(scene)?, scene);
        let focus = scene.state.focus;
        self.below = false;
        self.maximised = focus.maximised && focus.pane == Pane::Inspector;
        self.fit_tabs(tabs, area);
        self.view_area = Rect {
            x: view.x - area.x,
            y: view.y - area.y,
            ..view
        };
        let context = PreviewContext::new(scene.look, scene.focused, scene.covered);
        let links = &scene.state.inspector.links;
        if self.is_page() {
            let payloads = self.payloads();
            let known = (links, scene.look);
            self.page.fit(view, &mut self.tabs[..payloads], known, context);
            self.active = self.page.part();
        } else if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.view.learn(links, scene.look, scene.focused);
            tab.view.fit(view, context);
        }
        self.news(scene.state)
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
        let context = PreviewContext::new(scene.look, scene.focused, scene.covered);
        if self.is_page() {
            let tabs = &self.tabs[..self.payloads()];
            self.page.draw(parts.view, buffer, tabs, context);
        } else if let Some(tab) = self.tabs.get(self.active).filter(|_| !parts.view.is_empty()) {
            tab.view.draw(parts.view, buffer, context);
        }
        None
    }

    fn click(&mut self, column: u16, row: u16, _state: &State) -> Option<Msg> {
        let column_of_tab = column.checked_sub(1)?;
        let hit = |(start, end, _): &&(u16, u16, usize)| (*start..*end).contains(&column_of_tab);
        if row == self.tab_row {
            let (_, _, place) = self.tab_cells.iter().find(hit)?;
            self.step(*place as isize - self.place() as isize);
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
