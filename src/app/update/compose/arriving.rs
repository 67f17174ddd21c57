//! Handling events for the pane: clicks, pastes, finished edits, plans, drafts, files.

use super::act::{act_in_compose, complete};
use crate::model::{
    Action, Answer, Asked, Cell, ChoicesFor, ComposeNews, ComposeWork, Composer, Content, ContentOrigin,
    Effect, LineEdit, Opened, Overlay, Purpose, State, TextShown, Then, Writing, next_type, text_words,
};
use natsbridge_engine::{CopyAs, PayloadRow, Source, Suggestion};
use natsbridge_wire::{DIALECTS, KINDS, PayloadState, Severity};
use std::path::PathBuf;

impl State {
    /// Handles an event that concerns the message being written.
    pub(crate) fn take_news(&mut self, news: ComposeNews, effects: &mut Vec<Effect>) {
        match news {
            ComposeNews::Click(row, cell) => self.clicked(row, cell, effects),
            ComposeNews::Scroll(rows) => {
                self.compose.end_typing();
                self.compose.step(rows);
            }
            ComposeNews::Complete => self.complete_line(effects),
            ComposeNews::Pasted(text) => {
                let told = format!("Pasted as a payload: {}", text_words(&text));
                self.take_paste(None, &text);
                self.tell(Severity::Note, told);
            }
            ComposeNews::Written(writing, text) => {
                if self.compose.writing == Some(writing) {
                    self.compose.writing = None;
                    self.compose.written(writing.content, text);
                }
            }
            ComposeNews::TooLarge(writing, text, why) => self.too_large(writing, text, &why),
            ComposeNews::Planned(revision, plan) => self.compose.planning.take(revision, plan),
            ComposeNews::Paths(text, paths) => self.take_paths(&text, paths),
            ComposeNews::Suggested(at, path, Ok(suggestion)) => self.take_file(at, path, suggestion),
            ComposeNews::Suggested(at, path, Err(why)) => {
                self.tell(Severity::Error, why);
                let line = LineEdit::new(path.display().to_string());
                self.overlay = Overlay::Prompt(Purpose::Compose(Asked::PayloadFile(at)), line);
            }
            ComposeNews::DraftRead(path, Ok(message)) => self.compose.replace(*message, Some(path)),
            ComposeNews::DraftRead(_, Err(why)) | ComposeNews::Text(_, Err(why)) => {
                self.tell(Severity::Error, why);
            }
            ComposeNews::DraftWritten(path, revision, result) => {
                self.draft_written(path, revision, result, effects);
            }
            ComposeNews::Text(title, Ok(body)) => {
                self.compose.text = Some(TextShown { title, body });
                self.overlay = Overlay::Text(0);
            }
            ComposeNews::Edited(content, Ok(Some(text))) => self.compose.written(content, text),
            ComposeNews::Edited(_, Ok(None)) => {}
            ComposeNews::Edited(_, Err(why)) => self.tell(Severity::Error, why),
        }
    }

    /// A click moves the cursor; a click on the current row opens it.
    fn clicked(&mut self, row: usize, cell: Option<Cell>, effects: &mut Vec<Effect>) {
        self.compose.end_typing();
        let same_cell = cell.is_none_or(|cell| std::mem::replace(&mut self.compose.cell, cell) == cell);
        if !self.compose.go_to(row) && same_cell {
            act_in_compose(self, Action::Open, effects);
        }
    }

    /// Tab: takes the completion of a line or of a path.
    pub(super) fn complete_line(&mut self, effects: &mut Vec<Effect>) {
        match &mut self.overlay {
            Overlay::None => complete(self),
            Overlay::Prompt(..) => self.complete_prompt(effects),
            _ => {}
        }
    }

    fn take_file(&mut self, at: Option<usize>, path: PathBuf, suggestion: Suggestion) {
        let source = Source::File(path);
        if let Some(at) = at {
            self.compose.set_source(at, source, suggestion);
        } else {
            let mut row = PayloadRow::text(suggestion.name, "");
            row.kind = suggestion.kind;
            row.source = source;
            self.compose.add(row);
        }
    }

    fn too_large(&mut self, writing: Writing, text: String, why: &str) {
        if self.compose.writing == Some(writing) {
            self.compose.writing = None;
            self.compose.written(writing.content, text);
            let text = format!("{why} Press E to open it in your own editor.");
            self.tell(Severity::Note, text);
        }
    }

    fn draft_written(
        &mut self,
        path: PathBuf,
        revision: u64,
        result: Result<(), String>,
        effects: &mut Vec<Effect>,
    ) {
        if let Err(why) = result {
            self.tell(Severity::Error, why);
            let line = LineEdit::new(path.display().to_string());
            self.overlay = Overlay::Prompt(Purpose::Compose(Asked::SaveDraft), line);
            return;
        }
        let then = std::mem::replace(&mut self.compose.then, Then::Stay);
        let mut told = format!("Saved the draft to {}.", path.display());
        // The settings may have changed since the draft was requested; then they are not saved, and the pane shows
        // "edited".
        let lost = self.compose.settings.words();
        if !lost.is_empty() {
            told = format!("{told} The draft does not keep how it is sent: {lost}.");
        }
        self.tell(Severity::Note, told);
        self.compose.draft = Some(path);
        self.compose.kept = revision;
        match then {
            Then::Stay => {}
            Then::Quit => effects.push(Effect::Quit),
            Then::Next(next) => self.go_on(next, effects),
        }
    }

    /// Applies the chosen row of a list.
    pub(crate) fn take_choice(&mut self, choices: ChoicesFor, row: usize, effects: &mut Vec<Effect>) {
        match choices {
            ChoicesFor::Source(at) => {
                if let Some(origin) = ContentOrigin::ALL.get(row) {
                    self.take_origin(at, *origin, effects);
                }
            }
            ChoicesFor::Kind(at) => {
                if let Some(kind) = KINDS.get(row) {
                    self.compose.set_kind(at, kind.kind);
                }
            }
            ChoicesFor::Dialect => {
                if let Some(dialect) = DIALECTS.get(row) {
                    self.compose.message.dialect = dialect.dialect;
                    self.compose.changed();
                }
            }
            ChoicesFor::Columns(_) => {}
            ChoicesFor::CopyAs => {
                if let Some(form) = CopyAs::ALL.get(row) {
                    let message = Box::new(self.compose.message.clone());
                    let work = ComposeWork::CopyAs(*form, message, self.way());
                    effects.push(Effect::Compose(work));
                }
            }
            ChoicesFor::Replace(next) => {
                if let Some(answer) = Answer::offered(&self.compose).get(row) {
                    self.answered(*answer, Then::Next(next), effects);
                }
            }
            ChoicesFor::Wait => {
                if row == 1 {
                    self.send_now(true, effects);
                }
            }
            ChoicesFor::Quit(_) => {
                if let Some(answer) = Answer::offered(&self.compose).get(row) {
                    self.answered(*answer, Then::Quit, effects);
                }
            }
        }
    }

    /// Gives the column under the cursor of the list another type.
    pub(crate) fn turn_column(&mut self, at: usize, row: usize, forward: bool) {
        let planned = self
            .compose
            .planning
            .plan
            .as_ref()
            .and_then(|plan| plan.payloads.get(at));
        let column = planned.and_then(|payload| payload.table.as_ref()?.columns.get(row));
        let Some(name) = column.map(|column| column.name.clone()) else {
            return;
        };
        let types = self.compose.message.payloads.get(at).map(|row| &row.types);
        let now = types.and_then(|types| types.iter().find(|(column, _)| *column == name));
        let next = next_type(now.map(|(_, chosen)| *chosen), forward);
        self.compose.set_type(at, &name, next);
    }

    fn take_origin(&mut self, at: Option<usize>, origin: ContentOrigin, effects: &mut Vec<Effect>) {
        let row = || PayloadRow::text("message", "");
        match origin {
            ContentOrigin::Typed | ContentOrigin::Editor => {
                let at = at.unwrap_or_else(|| self.compose.add(row()));
                let content = Content::Payload(at);
                if self.compose.content(content).is_none() {
                    self.compose.written(content, String::new());
                }
                match origin {
                    ContentOrigin::Editor => self.edit_outside(content, effects),
                    _ => self.write_here(content),
                }
            }
            ContentOrigin::File => self.ask(Asked::PayloadFile(at), "", effects),
            ContentOrigin::Clipboard => self.ask(Asked::Paste(at), "", effects),
            ContentOrigin::Captured => match at {
                None => self.take_payload(),
                Some(at) => match captured(self.opened.as_ref(), self.tab) {
                    Ok(row) => {
                        let suggestion = Suggestion {
                            kind: row.kind,
                            name: row.name,
                        };
                        self.compose.set_source(at, row.source, suggestion);
                    }
                    Err(why) => self.tell(Severity::Note, why),
                },
            },
        }
    }
}

impl Composer {
    /// Adds the payload of the selected message; returns its position, or why there is none.
    pub(super) fn add_captured(
        &mut self,
        opened: Option<&Opened>,
        tab: usize,
    ) -> Result<usize, &'static str> {
        captured(opened, tab).map(|row| self.add(row))
    }
}

/// The payload that the inspector shows, as a row.
fn captured(opened: Option<&Opened>, tab: usize) -> Result<PayloadRow, &'static str> {
    let opened = opened.ok_or("Select a message first, then add its payload.")?;
    let payload = opened.decoded.payloads.get(tab);
    let payload = payload.ok_or("Show a payload in the inspector first, then add it.")?;
    if payload.state == PayloadState::NotFetched {
        return Err(
            "This link has not been fetched yet: press Enter in the inspector, then add the payload.",
        );
    }
    Ok(PayloadRow {
        name: payload.dataname.clone(),
        kind: payload.kind,
        source: Source::Bytes {
            body: payload.body.clone(),
            origin: format!("#{} {}", opened.stored.seq, opened.stored.subject),
        },
        types: vec![],
    })
}
