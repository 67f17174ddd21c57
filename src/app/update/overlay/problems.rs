//! The problems of all received messages: grouping them, opening an example, exporting them.

use crate::model::{Action, Effect, LineEdit, Overlay, Pane, ProblemsAt, Purpose, State};
use crate::update::dispatch::select;
use bytes::Bytes;
use natsbridge_engine::{GroupBy, TroubleRow, Troubles, troubles_csv, troubles_json, troubles_text};
use natsbridge_wire::Severity;
use std::path::Path;

impl State {
    /// The problems in their current grouping.
    pub fn problem_rows(&self, by: GroupBy) -> Vec<TroubleRow> {
        self.store.troubles(|troubles| troubles.rows(by))
    }

    /// Applies an action in the problem list; `false` if it is not handled there.
    pub(super) fn act_on_problems(&mut self, action: Action, effects: &mut Vec<Effect>) -> bool {
        let Overlay::Problems(problems) = &self.overlay else {
            return false;
        };
        let rows = self.problem_rows(problems.by);
        let mut problems = problems.clone();
        let at = problems.chosen(&rows);
        match action {
            Action::Left | Action::Right => {
                problems = ProblemsAt::first(problems.by.step(if action == Action::Left { -1 } else { 1 }));
            }
            Action::Open => {
                self.go_to_example(rows.get(at), effects);
                return true;
            }
            Action::SavePayload | Action::SaveDraft | Action::ExportConversations => {
                self.prompt(Purpose::ExportProblems, "problems.json", effects);
                return true;
            }
            Action::CopyPayload | Action::CopyConversation => {
                let all = self.store.troubles(Troubles::all);
                effects.push(Effect::Copy(troubles_text(&all)));
                return true;
            }
            _ => match action.distance(8) {
                Some(steps) => problems.choose(&rows, at.saturating_add_signed(steps)),
                None => return false,
            },
        }
        self.overlay = Overlay::Problems(problems);
        true
    }

    /// Opens the last message with this problem, and its findings.
    fn go_to_example(&mut self, row: Option<&TroubleRow>, effects: &mut Vec<Effect>) {
        let Some(seq) = row.map(|row| row.example) else {
            return;
        };
        if seq < self.store.range().start {
            let text = "That message is no longer in memory; the next one with this problem can be opened.";
            return self.tell(Severity::Note, text);
        }
        if self.view.get(self.view.position(seq)) != Some(seq) {
            let text = "That message is filtered out: Esc in Messages clears the filter.";
            return self.tell(Severity::Note, text);
        }
        self.overlay = Overlay::None;
        select(self, seq, effects);
        self.focus = Pane::Inspector;
        effects.push(Effect::LookInto(seq, true));
    }

    /// Writes all problems to a file, as its ending says.
    pub(super) fn export_problems(&mut self, file: &str, effects: &mut Vec<Effect>) {
        let all = self.store.troubles(Troubles::all);
        let extension = Path::new(file)
            .extension()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let text = match extension.to_str() {
            Some("json") => troubles_json(&all),
            Some("csv") => troubles_csv(&all),
            Some("md" | "txt") => troubles_text(&all),
            _ => {
                let text = "The file extension sets the format: use .json, .csv or .md.";
                self.tell(Severity::Error, text);
                self.overlay = Overlay::Prompt(Purpose::ExportProblems, LineEdit::new(file));
                return;
            }
        };
        effects.push(Effect::Save(file.into(), Bytes::from(text).into()));
    }
}
