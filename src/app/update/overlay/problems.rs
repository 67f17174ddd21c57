//! The problems of all received messages: grouping them, opening an example, exporting them.

use super::go_to::go_to_message;
use crate::export::problems_page;
use crate::model::{Action, Effects, Overlay, ProblemsAt, PromptKind, State, TerminalEffect, WorkEffect};
use crate::update::prompt::propose;
use bytes::Bytes;
use natsbridge_engine::{
    ProblemGroup, Problems, Store, problems_to_csv, problems_to_json, problems_to_markdown,
};
use std::path::Path;

/// Applies an action in the problem list; `false` if it is not handled there.
pub(super) fn act_on_problems(state: &mut State, action: Action, effects: &mut Effects) -> bool {
    let Overlay::Problems(problems) = &mut state.overlay.open else {
        return false;
    };
    let rows = state.store.problems(|found| found.rows(problems.by));
    let at = problems.chosen(&rows);
    match action {
        Action::Left | Action::Right => {
            let step = if action == Action::Left { -1 } else { 1 };
            let by = problems.by.step(step);
            *problems = ProblemsAt::default();
            problems.by = by;
        }
        Action::Open => go_to_example(state, rows.get(at), effects),
        Action::SavePayload | Action::SaveDraft | Action::ExportConversations => {
            propose(state, PromptKind::ExportProblems, "problems.json", effects);
        }
        Action::CopyPayload | Action::CopyConversation => {
            let all = state.store.problems(Problems::all);
            effects.push(TerminalEffect::Copy(problems_to_markdown(&all)));
        }
        _ => match action.distance(8) {
            Some(steps) => problems.choose(&rows, at.saturating_add_signed(steps)),
            None => return false,
        },
    }
    true
}

/// Opens the last message with this problem, and its findings.
fn go_to_example(state: &mut State, row: Option<&ProblemGroup>, effects: &mut Effects) {
    let Some(seq) = row.map(|row| row.example) else {
        return;
    };
    let gone = "That message is no longer kept; the next one with this problem can be opened.";
    go_to_message(state, seq, gone, effects);
}

/// Writes all problems to a file, as its ending says. The error is a sentence.
pub(super) fn export_problems(
    store: &Store,
    now_us: i64,
    file: &str,
    effects: &mut Effects,
) -> Result<(), String> {
    let all = store.problems(Problems::all);
    let extension = Path::new(file).extension().unwrap_or_default();
    let text = match extension.to_ascii_lowercase().to_str() {
        Some("json") => problems_to_json(&all),
        Some("csv") => problems_to_csv(&all),
        Some("md" | "txt") => problems_to_markdown(&all),
        Some("html") => problems_page(&all, now_us),
        _ => return Err("The file extension sets the format: use .html, .json, .csv or .md.".into()),
    };
    effects.push(WorkEffect::Save(file.into(), Bytes::from(text).into()));
    Ok(())
}
