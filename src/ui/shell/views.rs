//! The views on screen: panes, sheets over them, where they were drawn, and the work they requested.

use crate::frame::{Layout, Split, Splits};
use crate::look::Pending;
use crate::overlays::Drawn;
use crate::panes::Panes;
use crate::preview::{Motion, OpenSheet, Preview, Searched, Sheet, Started, Ticket, ViewId, Work};
use natsbridge_app::{Pane, Progress, ViewKind};
use ratatui::layout::Position;
use ratatui::widgets::Block;
use std::collections::VecDeque;
use std::sync::Arc;

/// The views on screen.
#[derive(Default)]
pub struct Views {
    /// The panes.
    pub panes: Panes,
    /// Views over the panes, the last on top.
    pub sheets: Vec<OpenSheet>,
    /// Where everything is; `None` while the screen is too small for anything.
    pub layout: Option<Layout>,
    /// Where the overlay was drawn.
    pub overlay: Option<Drawn>,
    /// Sizes of the panes.
    pub splits: Splits,
    /// The border that is being dragged.
    pub dragging: Option<Split>,
    /// The first keys of an unfinished sequence.
    pub pending: Pending,
    /// The keys pressed last, as people write them, while they are shown.
    pub pressed: VecDeque<String>,
    /// Whether it was said that a key stands in the place of another one.
    pub told_place: bool,
    /// Whether nothing is visible: then keys must have no unseen effects.
    pub too_small: bool,
    pub(super) last_id: ViewId,
    started: Vec<Started>,
    running: Vec<Ticket>,
}

impl Views {
    /// The view that gets keys: the top sheet, or else the inspector's.
    pub fn view(&mut self) -> Option<(ViewId, &mut dyn Preview)> {
        match self.sheets.last_mut() {
            Some(laid) => Some((laid.id, &mut *laid.sheet.view)),
            None => self.panes.inspector.view(),
        }
    }

    /// Moves in what gets keys; whether it means anything there.
    pub fn act(&mut self, motion: Motion) -> bool {
        match self.sheets.last_mut() {
            Some(laid) => laid.sheet.view.act(motion),
            None => self.panes.inspector.act(motion),
        }
    }

    /// Searches in what gets keys.
    pub fn search(&mut self, pattern: &str) -> Searched {
        match self.sheets.last_mut() {
            Some(laid) => laid.sheet.view.search(pattern),
            None => self.panes.inspector.search(pattern),
        }
    }

    /// The view of that name, if it is still here.
    pub fn view_of(&mut self, id: ViewId) -> Option<&mut dyn Preview> {
        match self.sheets.iter_mut().find(|laid| laid.id == id) {
            Some(laid) => Some(&mut *laid.sheet.view),
            None => self.panes.inspector.view_of(id),
        }
    }

    /// The title of the top sheet, and the kind of its view.
    pub fn top(&self) -> Option<(String, Option<ViewKind>)> {
        let laid = self.sheets.last()?;
        Some((laid.sheet.title.clone(), laid.sheet.view.kind()))
    }

    /// Lays a view over the panes.
    pub fn lay(&mut self, sheet: Sheet) {
        let id = self.last_id.next();
        self.sheets.push(OpenSheet { id, sheet });
    }

    /// Starts the work of a view; returns its progress, and that of older work for the same, which is cancelled.
    pub fn start(&mut self, view: ViewId, work: Work) -> (Arc<Progress>, Vec<Arc<Progress>>) {
        let older = self
            .running
            .extract_if(.., |running| (running.view, running.slot) == (view, work.slot));
        let older: Vec<_> = older.map(|running| running.progress).collect();
        for progress in &older {
            progress.cancel();
        }
        let ticket = Ticket {
            view,
            slot: work.slot,
            progress: Arc::default(),
        };
        let progress = Arc::clone(&ticket.progress);
        self.running.push(ticket.clone());
        self.started.push(Started { ticket, work });
        (progress, older)
    }

    /// Returns the work that views requested since the last call.
    pub fn take_works(&mut self) -> Vec<Started> {
        std::mem::take(&mut self.started)
    }

    /// Some work has ended.
    pub fn ended(&mut self, progress: &Arc<Progress>) {
        self.running
            .retain(|running| !Arc::ptr_eq(&running.progress, progress));
    }

    /// Cancels the work of views that are gone; returns its progress.
    pub fn end_orphans(&mut self) -> Vec<Arc<Progress>> {
        let mut orphans = vec![];
        for running in std::mem::take(&mut self.running) {
            if self.view_of(running.view).is_some() {
                self.running.push(running);
            } else {
                running.progress.cancel();
                orphans.push(running.progress);
            }
        }
        orphans
    }

    /// The pane at a cell, with the cell relative to its inside.
    pub fn inside(&self, column: u16, row: u16) -> Option<(Pane, Option<Position>)> {
        let (pane, area) = self.layout.as_ref()?.at(column, row)?;
        let inner = Block::bordered().inner(area);
        let within = inner.contains(Position::new(column, row));
        let place = within.then(|| Position::new(column - inner.x, row - inner.y));
        Some((pane, place))
    }
}
