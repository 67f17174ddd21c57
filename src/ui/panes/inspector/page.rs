//! A message as one page: its payloads below each other, each under one line of facts. The views are those of the tabs, as
//! far as they are seen; what they show on a page is theirs.

use super::tab::InspectorTab;
use crate::graphics::ImageMethod;
use crate::look::{Look, Role};
use crate::paint::{count, split};
use crate::preview::{Motion, Paint, Piece, PreviewContext, Searched, Viewport, width};
use natsbridge_app::{Links, ViewKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::ops::Range;

/// Up to so many payloads share the room that is left.
const SHARING: usize = 100;

/// Where a payload stands.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// The line of the page with its facts.
    top: usize,
    /// Lines of its view below them.
    rows: u16,
    /// Whether one more line tells how much there is in all.
    cut: bool,
}

impl Part {
    /// Its lines, the facts included.
    fn lines(self) -> usize {
        1 + usize::from(self.rows) + usize::from(self.cut)
    }
}

/// The page: where its payloads stand, where the cursor is, and what was found.
#[derive(Default)]
pub struct Page {
    parts: Vec<Part>,
    /// The payload under the cursor, and the line in it: the first has its facts.
    part: usize,
    line: usize,
    window: Viewport,
    /// Whether the cursor goes where the view's is, not the other way round.
    follows: bool,
    /// Where the view's cursor was put last.
    pointed: Option<(usize, usize)>,
    pattern: String,
    /// How many matches each payload has, and which of them the cursor is on.
    found: Vec<usize>,
    at: usize,
}

impl Page {
    /// The payload under the cursor.
    pub fn part(&self) -> usize {
        self.part
    }

    /// Lines of the page.
    fn lines(&self) -> usize {
        self.parts.last().map_or(0, |last| last.top + last.lines())
    }

    /// The payloads of which something is seen.
    pub fn seen(&self) -> Range<usize> {
        let shown = self.window.shown(self.lines());
        let first = self
            .parts
            .partition_point(|part| part.top + part.lines() <= shown.start);
        let end = self.parts.partition_point(|part| part.top < shown.end);
        first..end.max(first)
    }

    /// Goes to a line; one between two payloads belongs to none.
    fn go_to(&mut self, line: usize, upwards: bool) {
        let after = self.parts.partition_point(|part| part.top <= line);
        let at = after.saturating_sub(1);
        let Some(part) = self.parts.get(at) else { return };
        let within = line.saturating_sub(part.top);
        (self.part, self.line) = match within < part.lines() {
            true => (at, within),
            false if upwards || after == self.parts.len() => (at, part.lines() - 1),
            false => (after, 0),
        };
    }

    /// Goes to the facts of a payload.
    pub fn show_part(&mut self, part: usize) {
        (self.part, self.line) = (part, 0);
    }

    /// Fits the page to an area, and the views of what is seen of it.
    pub fn fit(
        &mut self,
        area: Rect,
        tabs: &mut [InspectorTab],
        (links, look): (&Links, &Look),
        context: PreviewContext<'_>,
    ) {
        if area.is_empty() || tabs.is_empty() {
            return;
        }
        for tab in tabs.iter_mut() {
            tab.view.learn(links, look, context.focused);
        }
        self.parts = laid_out(tabs, area, context);
        self.part = self.part.min(self.parts.len() - 1);
        self.line = self.line.min(self.parts[self.part].lines() - 1);
        self.scroll(area.height);
        for part in self.seen() {
            let (place, context) = self.place(part, area, context);
            tabs[part].view.fit(place, context);
        }
        let view = &mut tabs[self.part].view;
        if std::mem::take(&mut self.follows) {
            let row = view.cursor_row().map_or(0, |row| 1 + usize::from(row));
            // All of it is to be in view, then the row.
            self.line = self.parts[self.part].lines() - 1;
            self.scroll(area.height);
            self.line = row.min(self.line);
            self.scroll(area.height);
        } else if self.pointed != Some((self.part, self.line)) {
            let row = self.line.checked_sub(1).map(|row| row as u16);
            let rows = self.parts[self.part].rows;
            if let Some(row) = row.filter(|row| *row < rows) {
                view.act(Motion::Point(row));
            }
        }
        self.pointed = Some((self.part, self.line));
    }

    fn scroll(&mut self, height: u16) {
        let lines = self.lines();
        self.window.move_to(self.parts[self.part].top + self.line, lines);
        self.window.fit(height.into(), lines);
    }

    /// Where the view of a payload is drawn, and how. What is not seen whole is drawn beside the screen, without graphics.
    fn place<'c>(&self, part: usize, area: Rect, context: PreviewContext<'c>) -> (Rect, PreviewContext<'c>) {
        let shown = self.window.shown(self.lines());
        let Part { top, rows, .. } = self.parts[part];
        let whole = top + 1 >= shown.start && top + 1 + usize::from(rows) <= shown.end;
        let (_, below) = split(area, (top + 1).saturating_sub(shown.start));
        let pictures = match context.pictures {
            ImageMethod::Pixels(graphics) if !whole => ImageMethod::Covered(graphics),
            pictures => pictures,
        };
        let here = context.focused && part == self.part;
        let context = PreviewContext {
            on_page: true,
            focused: here && self.line > 0,
            pictures,
            ..context
        };
        let place = if whole {
            split(below, rows.into()).0
        } else {
            Rect { height: rows, ..area }
        };
        (place, context)
    }

    /// Draws what is seen.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, tabs: &[InspectorTab], context: PreviewContext<'_>) {
        let shown = self.window.shown(self.lines());
        let line_of = |line: usize| {
            let row = line.checked_sub(shown.start)?;
            area.rows().nth(row)
        };
        for number in self.seen() {
            let (Some(part), Some(tab)) = (self.parts.get(number), tabs.get(number)) else {
                return;
            };
            let here = number == self.part && context.focused;
            if let Some(row) = line_of(part.top) {
                draw_facts(tab, row, buffer, (here, here && self.line == 0), context);
            }
            self.draw_view(number, area, buffer, tab, context);
            let last = part.top + part.lines() - 1;
            if let Some(row) = line_of(last).filter(|_| part.cut) {
                let extent = tab.view.extent().unwrap_or_default();
                let paint = Paint::new(context.theme, None);
                let on_it = here && self.line == part.lines() - 1;
                let paint = if on_it { paint.selected(context) } else { paint };
                paint.line(
                    row,
                    buffer,
                    &[Piece::new(Role::Dim, &format!("… {extent} in all"))],
                );
            }
        }
    }

    fn draw_view(
        &self,
        number: usize,
        area: Rect,
        buffer: &mut Buffer,
        tab: &InspectorTab,
        context: PreviewContext<'_>,
    ) {
        let (place, within) = self.place(number, area, context);
        let shown = self.window.shown(self.lines());
        let part = self.parts[number];
        let first = part.top + 1;
        if first >= shown.start && first + usize::from(part.rows) <= shown.end {
            return tab.view.draw(place, buffer, within);
        }
        // Only a part of it is seen.
        let mut beside = Buffer::empty(place);
        tab.view.draw(place, &mut beside, within);
        for row in 0..part.rows {
            let line = first + usize::from(row);
            let Some(down) = line.checked_sub(shown.start).filter(|_| line < shown.end) else {
                continue;
            };
            for column in area.columns() {
                let to = (column.x, area.y + down as u16);
                if let (Some(from), Some(to)) = (beside.cell((column.x, place.y + row)), buffer.cell_mut(to))
                {
                    *to = from.clone();
                }
            }
        }
    }

    /// Applies a movement: of the cursor over the page, or within the view under it.
    pub fn act(&mut self, motion: Motion, tabs: &mut [InspectorTab]) -> bool {
        let lines = self.lines();
        match motion {
            Motion::NextMatch => return self.step_match(true, tabs),
            Motion::PreviousMatch => return self.step_match(false, tabs),
            Motion::Click { column, row } => return self.click((column, row), tabs),
            _ => {}
        }
        let before = self.window.cursor();
        if self.window.act(motion, lines) {
            let at = self.window.cursor();
            self.go_to(at, at < before);
            return true;
        }
        let Some(tab) = tabs.get_mut(self.part) else {
            return false;
        };
        self.follows = self.line > 0;
        tab.view.act(motion)
    }

    fn click(&mut self, (column, row): (u16, u16), tabs: &mut [InspectorTab]) -> bool {
        let top = self.window.shown(self.lines()).start;
        self.go_to(top + usize::from(row), false);
        let within = self.line.checked_sub(1).map(|row| row as u16);
        let rows = self.parts.get(self.part).map_or(0, |part| part.rows);
        if let (Some(row), Some(tab)) = (within.filter(|row| *row < rows), tabs.get_mut(self.part)) {
            tab.view.act(Motion::Click { column, row });
            self.pointed = Some((self.part, self.line));
        }
        true
    }

    /// Searches all payloads, and goes to the first match from the one under the cursor on.
    pub fn search(&mut self, pattern: &str, tabs: &mut [InspectorTab]) -> Searched {
        let (mut all, mut whole) = (0, true);
        pattern.clone_into(&mut self.pattern);
        self.found.clear();
        for tab in tabs.iter_mut() {
            tab.view.act(Motion::Top);
            let found = match tab.view.search(pattern) {
                Searched::Not => 0,
                Searched::All(found) => found,
                // How many there are is told later: it is worth a visit.
                Searched::SoFar(found) | Searched::Nearby(found) => {
                    whole = false;
                    found.max(1)
                }
            };
            self.found.push(found);
            all += found;
        }
        self.at = 0;
        let parts = tabs.len();
        let mut order = (self.part..parts).chain(0..self.part.min(parts));
        if let Some(part) = order.find(|part| self.found[*part] > 0) {
            (self.part, self.follows) = (part, true);
        }
        if whole {
            Searched::All(all)
        } else {
            Searched::SoFar(all)
        }
    }

    /// Goes to the next match, or the previous one, of this payload or another one.
    fn step_match(&mut self, forward: bool, tabs: &mut [InspectorTab]) -> bool {
        let parts = self.found.len().min(tabs.len());
        let here = self.found.get(self.part).copied().unwrap_or(0);
        let next = if forward {
            Some(self.at + 1).filter(|at| *at < here)
        } else {
            self.at.checked_sub(1).filter(|_| here > 0)
        };
        self.follows = true;
        if let Some(at) = next {
            self.at = at;
            let motion = if forward {
                Motion::NextMatch
            } else {
                Motion::PreviousMatch
            };
            return tabs[self.part].view.act(motion);
        }
        let steps = 1..=parts;
        let other = |step: usize| {
            let by = if forward { step } else { parts - step };
            (self.part + by) % parts.max(1)
        };
        let Some(part) = steps.map(other).find(|part| self.found[*part] > 0) else {
            return false;
        };
        self.part = part;
        let view = &mut tabs[part].view;
        view.act(Motion::Top);
        view.search(&self.pattern);
        self.at = 0;
        if !forward && self.found[part] > 1 {
            self.at = self.found[part] - 1;
            view.act(Motion::PreviousMatch);
        }
        true
    }

    /// Where the cursor is.
    pub fn position(&self, tabs: &[InspectorTab]) -> String {
        let place = format!("payload {} of {}", count(self.part + 1), count(tabs.len()));
        let within = tabs.get(self.part).filter(|_| self.line > 0);
        match within.map(|tab| tab.view.position()) {
            Some(within) if !within.is_empty() => format!("{place} · {within}"),
            _ => place,
        }
    }
}

/// The line of facts: what the payload is called and what it is, on a rule.
fn draw_facts(
    tab: &InspectorTab,
    row: Rect,
    buffer: &mut Buffer,
    (here, on_it): (bool, bool),
    context: PreviewContext<'_>,
) {
    let name = Piece::new(if here { Role::Accent } else { Role::Strong }, &tab.title);
    let mut pieces = vec![name, Piece::new(Role::Text, "  ")];
    pieces.extend(tab.facts.iter().cloned());
    let rest = usize::from(row.width).saturating_sub(width(&pieces) + 1);
    let rule = format!(" {}", "─".repeat(rest));
    pieces.extend((rest > 0).then(|| Piece::new(Role::Border, &rule)));
    let paint = Paint::new(context.theme, None);
    let paint = if on_it { paint.selected(context) } else { paint };
    paint.line(row, buffer, &pieces);
}

/// Where everything goes: each payload gets a few rows, and what is left is shared by those that have more, in their order.
fn laid_out(tabs: &[InspectorTab], area: Rect, context: PreviewContext<'_>) -> Vec<Part> {
    let context = PreviewContext {
        on_page: true,
        ..context
    };
    let mut parts: Vec<Part> = tabs
        .iter()
        .map(|tab| sized(tab, area.width, few(tab, area), context))
        .collect();
    let lines = parts
        .iter()
        .map(|part| part.lines() + 1)
        .sum::<usize>()
        .saturating_sub(1);
    let mut spare = usize::from(area.height).saturating_sub(lines);
    if parts.len() <= SHARING {
        for (tab, part) in tabs.iter().zip(&mut parts).filter(|(_, part)| part.cut) {
            let most = part.lines() - 1 + spare;
            let larger = sized(tab, area.width, most as u16, context);
            spare -= (larger.lines() - part.lines()).min(spare);
            *part = larger;
        }
    }
    let mut top = 0;
    for part in &mut parts {
        part.top = top;
        top += part.lines() + 1;
    }
    parts
}

/// Rows that a payload gets in any case, if it has them.
fn few(tab: &InspectorTab, area: Rect) -> u16 {
    let rows = match tab.view.kind() {
        // A picture takes at most a third.
        Some(ViewKind::Image) => return (area.height / 3).max(2),
        Some(ViewKind::Tree) => 12,
        Some(ViewKind::Text | ViewKind::Table) => 8,
        Some(ViewKind::Bytes) => 4,
        Some(ViewKind::Plot) | None => 10,
    };
    // On a small screen the next payload is to be seen, too.
    rows.min((area.height / 2).max(4))
}

/// A payload in at most so many rows, one of which tells how much there is if that is more.
fn sized(tab: &InspectorTab, width: u16, most: u16, context: PreviewContext<'_>) -> Part {
    let rows = tab.view.wanted_rows(width, most, context);
    let more = || tab.view.extent().is_some() && tab.view.wanted_rows(width, most + 1, context) > most;
    let cut = rows == most && most > 1 && more();
    Part {
        top: 0,
        rows: rows - u16::from(cut),
        cut,
    }
}
