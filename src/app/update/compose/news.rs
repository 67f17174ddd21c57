//! Handling events for the pane: clicks, pastes, finished edits, plans, drafts, files.

use super::act::act_in_compose;
use super::answers::take_paste;
use super::form::{go_to, step};
use super::leaving::draft_saved;
use super::lines::end_typing;
use super::payloads::{add, set_source};
use super::texts::{done_writing, tell_too_large, written};
use crate::model::{
    Action, Asked, Cell, ComposeNews, Composer, Effects, LineEdit, Overlay, Purpose, State, TextShown,
    text_words,
};
use crate::update::prompt::take_paths;
use natsbridge_engine::{PayloadRow, Source, Suggestion};
use natsbridge_wire::Severity;
use std::path::PathBuf;

/// Handles an event that concerns the message being written.
pub(crate) fn take_news(state: &mut State, news: ComposeNews, effects: &mut Effects) {
    let composer = &mut state.compose;
    match news {
        ComposeNews::Click(row, cell) => clicked(state, row, cell, effects),
        ComposeNews::Scroll(rows) => {
            end_typing(composer);
            step(composer, rows);
        }
        ComposeNews::Pasted(text) => {
            let told = format!("Pasted as a payload: {}", text_words(&text));
            take_paste(composer, None, &text);
            effects.tell(Severity::Note, told);
        }
        ComposeNews::Written(writing, text) => {
            done_writing(composer, writing, text);
        }
        ComposeNews::TooLarge(writing, text, why) => {
            if done_writing(composer, writing, text) {
                tell_too_large(&why, effects);
            }
        }
        ComposeNews::Planned(revision, plan) => composer.planning.take(revision, plan),
        ComposeNews::Paths(text, paths) => take_paths(&mut state.overlay, &text, paths),
        ComposeNews::Suggested(at, path, Ok(suggestion)) => take_file(composer, at, path, suggestion),
        ComposeNews::Suggested(at, path, Err(why)) => {
            effects.tell(Severity::Error, why);
            let line = LineEdit::new(path.display().to_string());
            state.overlay.open = Overlay::Prompt(Purpose::Compose(Asked::PayloadFile(at)), line);
        }
        ComposeNews::DraftRead(path, Ok(message)) => composer.replace(*message, Some(path)),
        ComposeNews::DraftRead(_, Err(why))
        | ComposeNews::Text(_, Err(why))
        | ComposeNews::Edited(_, Err(why)) => effects.tell(Severity::Error, why),
        ComposeNews::DraftWritten(path, revision, result) => {
            draft_saved(composer, &mut state.overlay, (path, revision, result), effects);
        }
        ComposeNews::Text(title, Ok(body)) => {
            composer.text = Some(TextShown { title, body });
            state.overlay.open = Overlay::Text(0);
        }
        ComposeNews::Edited(content, Ok(Some(text))) => written(composer, content, text),
        ComposeNews::Edited(_, Ok(None)) => {}
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

fn take_file(composer: &mut Composer, at: Option<usize>, path: PathBuf, suggestion: Suggestion) {
    let source = Source::File(path);
    if let Some(at) = at {
        set_source(composer, at, source, suggestion);
    } else {
        let mut row = PayloadRow::text(suggestion.name, "");
        row.kind = suggestion.kind;
        row.source = source;
        add(composer, row);
    }
}
