//! Which view gets keys and results, and how its requests are handled: the top sheet, or else the inspector's view.

use super::workbench::Workbench;
use crate::paint::field;
use crate::preview::{Laid, Preview, Running, Sheet, Started, ViewId, Wish, Work, Worked};
use natsbridge_app::{Effect, Msg, Origin, Progress, Purpose, ViewQuestion, Working, count};
use natsbridge_wire::Severity;
use std::sync::Arc;

impl Workbench {
    /// The view that gets keys.
    pub(super) fn view(&mut self) -> Option<(ViewId, &mut dyn Preview)> {
        match self.sheets.last_mut() {
            Some(laid) => Some((laid.id, &mut *laid.sheet.view)),
            None => self.panes.inspector.view(),
        }
    }

    fn view_of(&mut self, id: ViewId) -> Option<&mut dyn Preview> {
        match self.sheets.iter_mut().find(|laid| laid.id == id) {
            Some(laid) => Some(&mut *laid.sheet.view),
            None => self.panes.inspector.view_of(id),
        }
    }

    /// Lays a view over the panes.
    pub fn lay(&mut self, sheet: Sheet) -> Vec<Effect> {
        let message = Msg::Laid(sheet.title.clone(), sheet.view.kind());
        let id = self.last_id.next();
        self.sheets.push(Laid { id, sheet });
        self.update(message)
    }

    /// Closes the top sheet, or all of them.
    pub(super) fn lift(&mut self, all: bool) -> Vec<Effect> {
        self.sheets.pop();
        if all {
            self.sheets.clear();
        }
        let top = self.sheets.last();
        self.state.sheet = top.map(|laid| (laid.sheet.title.clone(), laid.sheet.view.kind()));
        self.end_orphans()
    }

    /// Returns the work that views requested since the last call.
    pub fn take_works(&mut self) -> Vec<Started> {
        std::mem::take(&mut self.started)
    }

    /// Handles the result of some work; results for closed views are dropped.
    pub fn worked(&mut self, worked: Worked) -> Vec<Effect> {
        self.running
            .retain(|running| !Arc::ptr_eq(&running.progress, &worked.progress));
        let mut effects = self.update(Msg::Ended(Arc::clone(&worked.progress)));
        if worked.progress.is_cancelled() {
            return effects;
        }
        if let Some(view) = self.view_of(worked.view) {
            let wishes = view.worked(worked.slot, worked.result);
            effects.extend(self.grant(worked.view, wishes));
        }
        effects
    }

    /// Collects the requests of the views on screen; `None` if there are none.
    pub fn attend_views(&mut self) -> Option<Vec<Effect>> {
        // What is on screen is examined before the rest.
        self.state.store.list(self.panes.listed());
        let mut asked = Vec::new();
        if let Some((id, view)) = self.panes.inspector.view() {
            asked.push((id, view.wishes()));
        }
        if let Some(laid) = self.sheets.last_mut() {
            asked.push((laid.id, laid.sheet.view.wishes()));
        }
        if asked.iter().all(|(_, wishes)| wishes.is_empty()) {
            return None;
        }
        let granted = asked.into_iter().map(|(id, wishes)| self.grant(id, wishes));
        Some(granted.collect::<Vec<_>>().concat())
    }

    /// Handles a view's request.
    pub(super) fn grant(&mut self, id: ViewId, wishes: Vec<Wish>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for wish in wishes {
            match wish {
                Wish::Copy(text) => effects.extend(self.copied(text)),
                Wish::Tell(severity, text) => effects.extend(self.update(Msg::Notice(severity, text))),
                Wish::Ask(question, text) => effects.extend(self.update(Msg::Ask(question, text))),
                Wish::Work(work) => effects.extend(self.start(id, work)),
                Wish::Lay(sheet) => effects.extend(self.lay(sheet)),
                Wish::Become(view) => {
                    match self.sheets.iter_mut().find(|laid| laid.id == id) {
                        Some(laid) => laid.sheet.view = view,
                        None => self.panes.inspector.replace(id, view),
                    }
                    effects.extend(self.show_kind());
                }
            }
        }
        effects
    }

    /// Tells the state which kind of view gets keys now.
    pub(super) fn show_kind(&mut self) -> Vec<Effect> {
        if let Some(laid) = self.sheets.last() {
            self.state.sheet = Some((laid.sheet.title.clone(), laid.sheet.view.kind()));
        }
        let inspector = &mut self.panes.inspector;
        let (tab, kind) = (
            inspector.active(),
            inspector.view().and_then(|(_, view)| view.kind()),
        );
        self.update(Msg::Tab(tab, kind))
    }

    fn start(&mut self, view: ViewId, work: Work) -> Vec<Effect> {
        let progress = Arc::new(Progress::default());
        let mut effects = vec![];
        for older in self
            .running
            .extract_if(.., |running| (running.view, running.slot) == (view, work.slot))
            .collect::<Vec<_>>()
        {
            older.progress.cancel();
            effects.extend(self.update(Msg::Ended(older.progress)));
        }
        self.running.push(Running {
            view,
            slot: work.slot,
            progress: Arc::clone(&progress),
        });
        effects.extend(self.update(Msg::Began(Working {
            doing: work.doing.clone(),
            progress: Arc::clone(&progress),
            since_us: self.state.now_us,
        })));
        self.started.push(Started { view, work, progress });
        effects
    }

    /// Cancels the work of closed views.
    pub(super) fn end_orphans(&mut self) -> Vec<Effect> {
        let mut effects = vec![];
        for running in std::mem::take(&mut self.running) {
            if self.view_of(running.view).is_some() {
                self.running.push(running);
            } else {
                running.progress.cancel();
                effects.extend(self.update(Msg::Ended(running.progress)));
            }
        }
        effects
    }

    /// Puts a text on the clipboard unless it is too much for it.
    pub(super) fn copied(&mut self, text: String) -> Vec<Effect> {
        let most = self.state.limits.clipboard_bytes;
        let (severity, why) = match text.len() {
            0 => (Severity::Note, "There is nothing to copy here."),
            bytes if bytes > most => (
                Severity::Warning,
                "Too large for the clipboard; save it to a file instead.",
            ),
            _ => return vec![Effect::Copy(text)],
        };
        self.update(Msg::Notice(severity, why.into()))
    }

    /// Passes the user's answer to a view; if the view rejects it, it is asked for again.
    pub(super) fn answer(&mut self, question: ViewQuestion, text: &str) -> Vec<Effect> {
        let Some((id, view)) = self.view() else {
            return vec![];
        };
        match view.answer(question, text) {
            Ok(wishes) => self.grant(id, wishes),
            Err(why) => {
                let mut effects = self.update(Msg::Ask(question, text.to_owned()));
                let origin = Origin::Prompt(Purpose::View(question));
                effects.extend(self.update(Msg::Outcome(origin, Severity::Error, format!("{why}."))));
                effects
            }
        }
    }

    /// Has the view check what has been typed so far.
    pub(super) fn check(&mut self, question: ViewQuestion, text: &str) -> Vec<Effect> {
        let Some((_, view)) = self.view() else {
            return vec![];
        };
        let (verdict, words) = (view.check(question, text), view.words(question));
        self.update(Msg::Checked(verdict, words))
    }

    pub(super) fn search(&mut self, pattern: &str) -> Vec<Effect> {
        let shown = field(pattern);
        let found = self.view().and_then(|(_, view)| view.search(pattern));
        let text = match found {
            None => "This view has no search.".to_owned(),
            Some(0) => format!("No match for \"{}\" here.", shown.as_str()),
            Some(1) => "1 match.".to_owned(),
            Some(found) => format!("{} matches.", count(found as u64)),
        };
        let origin = Origin::Prompt(Purpose::Search);
        self.update(Msg::Outcome(origin, Severity::Note, text))
    }
}
