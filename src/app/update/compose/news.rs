//! Handling events for the pane: clicks, pastes, finished edits, plans, drafts, files.

use super::act::act_in_compose;
use super::answers::take_paste;
use super::form::{go_to, step};
use super::leaving::draft_saved;
use super::lines::end_typing;
use super::payloads::put;
use super::texts::{done_writing, tell_too_large, written};
use crate::model::{
    Action, Asked, Cell, ComposeMsg, Effects, LineEdit, Overlay, Overlays, PromptKind, State, TextShown,
    text_words,
};
use crate::update::prompt::{refuse, take_paths};
use natsbridge_engine::{PayloadRow, Source};
use natsbridge_wire::Severity;
use std::path::Path;

/// Handles an event that concerns the message being written.
pub(crate) fn take_news(state: &mut State, news: ComposeMsg, effects: &mut Effects) {
    let composer = &mut state.compose;
    match news {
        ComposeMsg::Click(row, cell) => clicked(state, row, cell, effects),
        ComposeMsg::Scroll(rows) => {
            end_typing(composer);
            step(composer, rows);
        }
        ComposeMsg::Pasted(text) => {
            let told = format!("Pasted as a payload: {}", text_words(&text));
            take_paste(composer, None, &text);
            effects.note(told);
        }
        ComposeMsg::Written(writing, text) => {
            done_writing(composer, writing, text);
        }
        ComposeMsg::TooLarge(writing, text, why) => {
            if done_writing(composer, writing, text) {
                tell_too_large(&why, effects);
            }
        }
        ComposeMsg::Planned(revision, plan) => composer.planning.take(revision, plan),
        ComposeMsg::Paths(text, paths) => take_paths(&mut state.overlay, &text, paths),
        ComposeMsg::Suggested(at, path, Ok(suggestion)) => {
            let row = PayloadRow {
                name: suggestion.name,
                kind: suggestion.kind,
                source: Source::File(path),
                types: vec![],
                encoding: None,
            };
            put(composer, at, row);
        }
        ComposeMsg::Suggested(at, path, Err(why)) => {
            effects.tell(Severity::Error, why);
            ask_again(&mut state.overlay, Asked::PayloadFile(at), &path);
        }
        ComposeMsg::DraftRead(path, Ok(message)) => composer.replace(*message, Some(path)),
        ComposeMsg::DraftRead(_, Err(why))
        | ComposeMsg::Text(_, Err(why))
        | ComposeMsg::Edited(_, Err(why)) => effects.tell(Severity::Error, why),
        ComposeMsg::DraftWritten(path, revision, Ok(())) => draft_saved(composer, path, revision, effects),
        ComposeMsg::DraftWritten(path, _, Err(why)) => {
            refuse_draft(state, &path, &why);
        }
        ComposeMsg::Text(title, Ok(body)) => {
            composer.text = Some(TextShown { title, body });
            state.overlay.open = Overlay::Text(0);
        }
        ComposeMsg::Edited(content, Ok(Some(text))) => written(composer, content, text),
        ComposeMsg::Edited(_, Ok(None)) => {}
    }
}

/// A click moves the cursor; a click on the current row opens it.
fn clicked(state: &mut State, row: usize, cell: Option<Cell>, effects: &mut Effects) {
    let composer = &mut state.compose;
    end_typing(composer);
    let same_cell = cell.is_none_or(|cell| std::mem::replace(&mut composer.cell, cell) == cell);
    if !go_to(composer, row) && same_cell {
        act_in_compose(state, Action::Open, effects);
    }
}

/// Asks for another path for the draft, with the reason why this one was refused.
fn refuse_draft(state: &mut State, path: &Path, why: &str) {
    let line = LineEdit::new(path.display().to_string());
    state.overlay.verdict = None;
    refuse(
        &mut state.overlay,
        PromptKind::Compose(Asked::SaveDraft),
        line,
        why,
    );
}

/// Asks for another path than this one.
fn ask_again(overlay: &mut Overlays, asked: Asked, path: &Path) {
    let line = LineEdit::new(path.display().to_string());
    overlay.open = Overlay::Prompt(PromptKind::Compose(asked), line);
}
