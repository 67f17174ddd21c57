//! A grid over a table: frozen header, row numbers and first columns, a cell cursor. It formats only visible cells,
//! so the size of the table does not matter. What is shown is in `shown.rs`, where in `layout.rs`, how in `paint.rs`.

use super::arrange::{
    ask_filter, column_path, filter_by_cell, filter_rows, read_filter, sort, take_arranged,
};
use super::copying::{copied, copy_as, copy_column, selection};
use super::facts::{ask_facts, detail};
use super::finding::{jump, search_cells, take_counted, take_found};
use super::layout::Widths;
use super::model::GridView;
use super::paint::GridPaint;
use super::writing::write_to;
use super::{arrange, facts, finding, writing};
use crate::look::Role;
use crate::paint::{format, split};
use crate::preview::contract::{Motion, Preview, PreviewContext, Searched, Wish, WorkResult};
use crate::preview::plot;
use crate::preview::text::{Paint, Piece, above_detail, clipped, draw_detail};
use natsbridge_app::{Action, ViewKind, ViewQuestion};
use natsbridge_wire::{Cell, ExportFormat, FilterError, Limits, SafeText, Severity, TableSource};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

pub(super) const GO_TO: ViewQuestion = ViewQuestion {
    id: "row",
    title: "Go to row",
    advice: "The row number, as shown at the left edge.",
};

/// Cells that a column gets wider or narrower by one key.
const WIDER: i16 = 2;

fn columns(grid: &GridView) -> usize {
    grid.shown.columns().len()
}

fn move_column(grid: &mut GridView, motion: Motion) {
    let last = columns(grid).checked_sub(1);
    grid.column = match motion {
        Motion::Left => grid.column.and_then(|column| column.checked_sub(1)),
        Motion::Right => last.map(|last| grid.column.map_or(0, |column| (column + 1).min(last))),
        Motion::LineStart => {
            grid.left = 0;
            last.map(|_| 0)
        }
        _ => last,
    };
}

fn click(grid: &mut GridView, column: u16, row: u16) {
    let mut slots = grid.layout.slots.iter();
    match slots.find(|slot| slot.cells().contains(&column)) {
        Some(slot) => grid.column = Some(slot.column),
        None if column < grid.layout.numbers => grid.column = None,
        None => {}
    }
    if let Some(row) = row.checked_sub(grid.body_y) {
        grid.viewport
            .act(Motion::Click { column, row }, grid.shown.num_rows());
    }
}

/// The text of the cell under the cursor, if it is too long for a grid of so many cells.
fn too_long(grid: &GridView, width: u16) -> Option<SafeText> {
    let Some(Cell::Text(text)) = selected(grid) else {
        return None;
    };
    let text = clipped(&text);
    (text.width() > usize::from(Widths::widest(width, &grid.shown))).then_some(text)
}

/// Lines of the heading: names, then types; a very low window shows rows instead.
fn header_lines(area: Rect) -> u16 {
    match area.height {
        0..2 => 0,
        2..4 => 1,
        _ => 2,
    }
}

/// The one cell under the cursor, if there is one.
fn selected(grid: &GridView) -> Option<Cell> {
    let row = grid.viewport.cursor();
    let column = grid.column.filter(|_| row < grid.shown.num_rows())?;
    Some(grid.shown.cell(row, column))
}

fn hide_column(grid: &mut GridView) -> Vec<Wish> {
    let Some(column) = grid.column else { return vec![] };
    if !grid.shown.hide(column) {
        return Wish::tell(Severity::Note, "The last column cannot be hidden.");
    }
    grid.frozen = grid.frozen.min(columns(grid) - 1);
    grid.column = Some(column.min(columns(grid) - 1));
    vec![]
}

fn freeze(grid: &mut GridView) {
    let wanted = grid.column.map_or(0, |column| column + 1);
    grid.frozen = if grid.frozen == wanted { 0 } else { wanted };
    grid.left = grid.left.max(grid.frozen);
}

fn go_to_number(grid: &mut GridView, text: &str) -> Result<(), String> {
    let digits = text.trim().replace([',', '_', ' '], "");
    let number: usize = digits.parse().map_err(|_| format!("{text:?} is not a number"))?;
    let row = number.checked_sub(1).ok_or("row numbers start at 1")?;
    let rows = grid.shown.table().num_rows();
    if row >= rows {
        return Err(format!("there are only {} rows", format::count(rows)));
    }
    let place = grid.shown.rows().place_of(row);
    let place = place.ok_or_else(|| format!("row {} is filtered out", format::count(number)))?;
    grid.go_to_row(place);
    Ok(())
}

fn plot_column(grid: &GridView) -> Vec<Wish> {
    let Some(column) = grid.column.filter(|column| grid.shown.columns()[*column].numeric) else {
        let text = "Only numeric columns can be plotted: go to one first.";
        return Wish::tell(Severity::Note, text);
    };
    if grid.shown.num_rows() > grid.most_rows {
        return grid.too_many("plotted");
    }
    let (shown, name) = (&grid.shown, grid.shown.columns()[column].name.clone());
    let (rows, table) = (shown.rows().clone(), Arc::clone(shown.table()));
    let work = plot::column_work(rows, table, shown.origin(column), name);
    vec![Wish::Work(work)]
}

impl Preview for GridView {
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        if area.is_empty() || self.shown.columns().is_empty() {
            return;
        }
        let text = too_long(self, area.width).filter(|_| !context.on_page);
        let area = text.map_or(area, |text| above_detail(area, &text));
        self.body_y = header_lines(area);
        let height = usize::from(area.height - self.body_y);
        let visible = self.viewport.fit(height, self.shown.num_rows());
        let (shown, frozen) = (&self.shown, self.frozen);
        self.left = self
            .widths
            .scroll_to(self.column, self.left, frozen, area.width, shown, visible.clone());
        self.layout = self.widths.layout(self.left, frozen, area.width, shown, visible);
    }

    fn paint(&self, mut area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let paint = Paint::new(context.theme, self.pattern.as_ref());
        let rows = self.shown.num_rows();
        if self.shown.columns().is_empty() {
            let text = format!("The table has no columns and {}.", format::counted(rows, "row"));
            return paint.line(area, buffer, &[Piece::new(Role::Dim, &text)]);
        }
        if let Some(text) = too_long(self, area.width).filter(|_| !context.on_page) {
            draw_detail(area, buffer, &text, paint);
            area = above_detail(area, &text);
        }
        let grid = GridPaint {
            source: &self.shown,
            layout: &self.layout,
            cursor: (self.viewport.cursor(), self.column),
            paint,
            selection: self.selected_from.map(|_| selection(self)),
            arrangement: &self.arrangement,
            context,
        };
        let header = header_lines(area);
        grid.header(area, header, buffer);
        let (_, body) = split(area, header.into());
        grid.body(body, self.viewport.shown(rows), buffer);
    }

    fn wanted_rows(&self, _width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        let rows = if self.shown.columns().is_empty() {
            0
        } else {
            self.shown.num_rows().max(1)
        };
        // One row alone gets one line of heading.
        let heading = if rows < 2 { 1 } else { 2 };
        (rows.saturating_add(heading)).min(usize::from(most)) as u16
    }

    fn extent(&self) -> Option<String> {
        Some(format::counted(self.shown.num_rows(), "row"))
    }

    fn cursor_row(&self) -> Option<u16> {
        Some(self.body_y + self.viewport.cursor_row())
    }

    fn act(&mut self, motion: Motion) -> bool {
        self.note = None;
        match motion {
            Motion::Left | Motion::Right | Motion::LineStart | Motion::LineEnd => move_column(self, motion),
            Motion::Wrap => self.widths.forget_hand(),
            Motion::NextMatch => jump(self, true),
            Motion::PreviousMatch => jump(self, false),
            Motion::Click { column, row } => click(self, column, row),
            Motion::Point(row) => {
                let row = Motion::Point(row.saturating_sub(self.body_y));
                return self.viewport.act(row, self.shown.num_rows());
            }
            _ => return self.viewport.act(motion, self.shown.num_rows()),
        }
        true
    }

    fn kind(&self) -> Option<ViewKind> {
        Some(ViewKind::Table)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        self.note = None;
        Some(match action {
            Action::SortRows => sort(self, true),
            Action::AddSort => sort(self, false),
            Action::FilterRows => ask_filter(self),
            Action::FilterByCell => filter_by_cell(self),
            Action::GoToRow => vec![Wish::Ask(GO_TO, String::new())],
            Action::ColumnStatistics => ask_facts(self),
            Action::PlotColumn => plot_column(self),
            Action::HideColumn => hide_column(self),
            Action::ShowColumns => {
                let hidden = self.shown.show_all();
                let hidden = format::counted(hidden, "hidden column");
                Wish::tell(Severity::Note, format!("{hidden} shown again."))
            }
            Action::FreezeColumns => {
                freeze(self);
                vec![]
            }
            Action::NarrowColumn | Action::WidenColumn => {
                let wider = action == Action::WidenColumn;
                if let Some(column) = self.column {
                    let by = if wider { WIDER } else { -WIDER };
                    self.widths.change(column, by, &self.shown);
                }
                vec![]
            }
            Action::SelectRows => {
                self.selected_from = match self.selected_from {
                    Some(_) => None,
                    None => Some(self.cursor()),
                };
                vec![]
            }
            Action::CopyRowsJson => copy_as(self, ExportFormat::JsonLines),
            Action::CopyRowsMarkdown => copy_as(self, ExportFormat::Markdown),
            Action::CopyColumn => copy_column(self),
            Action::WriteRows => vec![Wish::Ask(writing::WRITE, "rows.csv".to_owned())],
            Action::Open | Action::ToggleNode => detail(self),
            Action::Back if self.selected_from.is_some() => {
                self.selected_from = None;
                vec![]
            }
            _ => return None,
        })
    }

    fn check(&self, question: ViewQuestion, text: &str) -> Result<(), FilterError> {
        match question {
            arrange::ROW_FILTER => read_filter(self, text).map(|_| ()),
            writing::WRITE => writing::format_of(text)
                .map(|_| ())
                .map_err(|what| FilterError::new(0..text.len(), what)),
            _ => Ok(()),
        }
    }

    fn words(&self, question: ViewQuestion) -> Vec<String> {
        match question {
            arrange::ROW_FILTER => {
                let columns = self.shown.origins().iter();
                columns
                    .map(|column| column_path(self, *column).to_string())
                    .collect()
            }
            _ => vec![],
        }
    }

    fn answer(&mut self, question: ViewQuestion, text: &str) -> Result<Vec<Wish>, String> {
        match question {
            arrange::ROW_FILTER => filter_rows(self, text),
            writing::WRITE => write_to(self, text),
            GO_TO => go_to_number(self, text).map(|()| vec![]),
            _ => Ok(vec![]),
        }
    }

    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        match slot {
            arrange::SLOT => {
                if let Some(arranged) = done(result) {
                    take_arranged(self, arranged);
                }
            }
            finding::COUNT => {
                if let Some(found) = done(result) {
                    take_counted(self, found);
                }
            }
            finding::NEXT => {
                if let Some(next) = done(result) {
                    take_found(self, next);
                }
            }
            facts::SLOT => return done(result).map(Wish::Lay).into_iter().collect(),
            writing::SLOT => {
                if let Ok(told) = result.downcast::<(Severity, String)>() {
                    return Wish::tell(told.0, told.1);
                }
            }
            plot::SLOT => return done(result).map_or_else(Vec::new, plot::laid),
            _ => {}
        }
        vec![]
    }

    fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wished)
    }

    fn search(&mut self, pattern: &str) -> Searched {
        search_cells(self, pattern)
    }

    fn position(&self) -> String {
        let (rows, all) = (self.shown.num_rows(), self.shown.table().num_rows());
        let at = if rows == 0 { 0 } else { self.cursor() + 1 };
        let mut text = format!("row {} of {}", format::count(at), format::count(rows));
        if rows < all {
            text.extend([" (of ", &format::count(all), ")"]);
        }
        if let Some(column) = self.column.and_then(|column| self.shown.columns().get(column)) {
            let name = format!(" · {} {}", column.name, column.type_name);
            text += clipped(&name).as_str();
        }
        for words in self.arrangement.words(&self.shown) {
            text.extend([" · ", &words]);
        }
        if self.shown.hidden() > 0 {
            text.extend([" · ", &self.shown.hidden().to_string(), " hidden"]);
        }
        if let Some(note) = &self.note {
            text.extend([" · ", note]);
        }
        text
    }

    fn copy(&self) -> Option<String> {
        copied(self)
    }
}

/// What some work led to, unless it was cancelled.
fn done<T: 'static>(result: WorkResult) -> Option<T> {
    *result.downcast::<Option<T>>().ok()?
}

/// A grid over a table, as a view.
pub fn grid_over(table: Arc<dyn TableSource>, limits: &Limits) -> Box<dyn Preview> {
    Box::new(GridView::new(table, limits))
}
