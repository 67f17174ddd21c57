//! What each action does in the Compose pane: moving over the form, and while a line is typed.

use crate::model::{
    Action, Asked, Cell, ChoicesFor, ComposeWork, Content, Edits, Effect, Field, Next, Overlay, Pane, Spot,
    State, TextShown, Then, job_lines, text_too_large,
};
use natsbridge_engine::{Composition, Source};
use natsbridge_wire::{Kind, Severity};

/// Rows that a page of the form moves.
const PAGE: usize = 8;

/// Applies an action while nothing is typed.
pub(crate) fn act_in_compose(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let composer = &mut state.compose;
    match action {
        Action::Open => open(state, effects),
        Action::Left | Action::Right => sideways(state, action == Action::Right),
        Action::NextValue => turn(state),
        Action::AddPayload => choose(state, ChoicesFor::Source(None)),
        Action::DoublePayload if !composer.double() => needs_payload(state),
        Action::RemovePayload => state.remove_at_cursor(effects),
        Action::PutBackPayload if !composer.put_back() => {
            state.tell(Severity::Note, "Nothing to restore: no payload was removed.");
        }
        Action::PayloadUp | Action::PayloadDown => {
            composer.shift(action == Action::PayloadDown);
        }
        Action::PayloadSource => match composer.payload_at_cursor() {
            Some(at) => choose(state, ChoicesFor::Source(Some(at))),
            None => needs_payload(state),
        },
        Action::PayloadColumns => match composer.payload_at_cursor() {
            Some(at) => columns(state, at),
            None => needs_payload(state),
        },
        Action::OutsideEditor => edit_outside(state, effects),
        Action::SendMessage => state.send_message(effects),
        Action::DryRun => {
            let message = Box::new(composer.message.clone());
            effects.push(Effect::Compose(ComposeWork::DryRun(message, state.way())));
        }
        Action::CopySendAs => choose(state, ChoicesFor::CopyAs),
        Action::ArmResponder => {
            let subject = composer.message.subject.clone();
            state.ask(Asked::Arm, &subject, effects);
        }
        Action::SaveDraft => state.ask_where_to_save(Then::Stay, effects),
        Action::LoadDraft => state.ask(Asked::LoadDraft, "", effects),
        Action::NewMessage => state.replace_message(Next::Message(Box::default()), effects),
        _ => {
            if let Some(rows) = action.distance(PAGE) {
                composer.step(rows);
            }
        }
    }
}

/// Applies an action while a line is typed; the typed text is kept in any case.
pub(crate) fn act_while_typing(state: &mut State, action: Action) {
    let composer = &mut state.compose;
    match action {
        Action::Open if composer.has_chosen() => {
            composer.take_offer();
        }
        Action::Open => {
            composer.end_typing();
            composer.step(1);
        }
        Action::Back => {
            composer.end_typing();
        }
        Action::Up | Action::Down => {
            let rows = if action == Action::Up { -1 } else { 1 };
            if !composer.step_offer(rows) {
                composer.end_typing();
                composer.step(rows);
            }
        }
        _ => {}
    }
}

/// Applies the completion offered; otherwise moves to the next row and keeps typing if it can be typed into.
pub(super) fn complete(state: &mut State) {
    if state.compose.take_offer() {
        return;
    }
    state.compose.end_typing();
    state.compose.step(1);
    if let Spot::Field(field) = state.compose.cursor
        && field.row().edits == Edits::Line
    {
        state.type_into(field);
    }
}

/// Enter: types, opens, adds, sends.
fn open(state: &mut State, effects: &mut Vec<Effect>) {
    match state.compose.cursor {
        Spot::Field(Field::Dialect) => choose(state, ChoicesFor::Dialect),
        Spot::Field(field) => match field.row().edits {
            Edits::Line => state.type_into(field),
            Edits::Turn => field.turn(true, &mut state.compose),
            Edits::Text => state.write_here(Content::Field(field)),
        },
        Spot::More => state.compose.unfolded = !state.compose.unfolded,
        Spot::Payload(at) => match state.compose.cell {
            Cell::Name => state.compose.type_name(at),
            Cell::Kind => choose(state, ChoicesFor::Kind(at)),
            Cell::Content => state.open_content(at, effects),
        },
        Spot::Add => choose(state, ChoicesFor::Source(None)),
        Spot::Send => state.send_message(effects),
        Spot::Responder(_) => state.tell(Severity::Note, "Press x to disarm this responder."),
        Spot::Job(id) => {
            if let Some(job) = state.compose.jobs.get(id) {
                state.compose.text = Some(TextShown {
                    title: "Send status".into(),
                    body: job_lines(job),
                });
                state.overlay = Overlay::Text(0);
            }
        }
    }
}

fn sideways(state: &mut State, right: bool) {
    let composer = &mut state.compose;
    match composer.cursor {
        Spot::Payload(_) => composer.step_cell(right),
        Spot::Field(field) => field.turn(right, composer),
        Spot::More => composer.unfolded = right,
        _ => {}
    }
}

fn turn(state: &mut State) {
    let composer = &mut state.compose;
    match composer.cursor {
        Spot::Payload(at) => composer.turn_kind(at, true),
        Spot::Field(field) => field.turn(true, composer),
        Spot::More => composer.unfolded = !composer.unfolded,
        _ => {}
    }
}

pub(super) fn choose(state: &mut State, choices: ChoicesFor) {
    let rows = choices.list(&state.compose).rows;
    let at = rows.iter().position(|row| row.current).unwrap_or(0);
    state.overlay = Overlay::Choices(choices, at);
}

fn needs_payload(state: &mut State) {
    state.tell(Severity::Note, "Put the cursor on a payload first; a adds one.");
}

fn columns(state: &mut State, at: usize) {
    let choices = ChoicesFor::Columns(at);
    if choices.rows(&state.compose) > 0 {
        choose(state, choices);
        return;
    }
    let kind = state.compose.message.payloads.get(at).map(|row| row.kind);
    let text = if kind == Some(Kind::Table) {
        "The columns are not known yet: the plan below says why."
    } else {
        "Only rows that become a table have column types: set the kind to table first."
    };
    state.tell(Severity::Note, text);
}

/// Opens the text under the cursor in the external editor.
fn edit_outside(state: &mut State, effects: &mut Vec<Effect>) {
    let content = match state.compose.cursor {
        Spot::Payload(at) => Content::Payload(at),
        Spot::Field(field) if field.row().edits == Edits::Text => Content::Field(field),
        _ => return needs_payload(state),
    };
    state.edit_outside(content, effects);
}

impl State {
    /// Focuses the Compose pane; in an empty message, typing starts immediately.
    pub(crate) fn go_to_compose(&mut self) {
        self.focus = Pane::Compose;
        if self.compose.message.subject.is_empty() && !self.compose.is_typing() {
            self.type_into(Field::Subject);
        }
    }

    /// Starts to type a field, with what is known offered.
    pub(super) fn type_into(&mut self, field: Field) {
        let known = self.known_values(field);
        self.compose.type_field(field, known);
    }

    /// Opens the content of a payload for editing.
    pub(super) fn open_content(&mut self, at: usize, effects: &mut Vec<Effect>) {
        let content = Content::Payload(at);
        match self.compose.message.payloads.get(at).map(|row| &row.source) {
            Some(Source::File(path)) => {
                let path = path.display().to_string();
                self.ask(Asked::PayloadFile(Some(at)), &path, effects);
            }
            Some(_) if self.compose.content(content).is_some() => self.write_here(content),
            Some(_) => choose(self, ChoicesFor::Source(Some(at))),
            None => {}
        }
    }

    /// Starts to write a text in the pane, if it is not too large for that.
    pub(super) fn write_here(&mut self, content: Content) {
        let text = self.compose.content(content).unwrap_or_default();
        match text_too_large(&text, &self.limits) {
            None => self.compose.write(content),
            Some(why) => self.tell(
                Severity::Note,
                format!("{why} Press E to open it in your own editor."),
            ),
        }
    }

    /// Hands a text to the person's own editor.
    pub(super) fn edit_outside(&mut self, content: Content, effects: &mut Vec<Effect>) {
        let Some(text) = self.compose.content(content) else {
            self.tell(
                Severity::Note,
                "Only text can be edited here; press s to choose other content.",
            );
            return;
        };
        let ending = self.compose.content_ending(content);
        effects.push(Effect::EditOutside(content, text, ending));
    }

    /// Fills the pane with a reply to the selected message, or with that message itself.
    pub(crate) fn take_up(&mut self, again: bool, effects: &mut Vec<Effect>) {
        let looked_at = self.mended_on_top().or(self.opened.as_ref());
        let Some(opened) = looked_at.cloned() else {
            let text = if again {
                "then edit it and send it again"
            } else {
                "then reply to it"
            };
            self.tell(Severity::Note, format!("Select a message first, {text}."));
            return;
        };
        let message = if again {
            Composition::again(&opened.stored, &opened.decoded)
        } else {
            Composition::answer_to(&opened.stored, &opened.decoded)
        };
        if self.sheet.take().is_some() {
            effects.push(Effect::LiftSheet);
        }
        self.focus = Pane::Compose;
        self.replace_message(Next::Message(Box::new(message)), effects);
    }

    /// Adds the payload shown in the inspector to the message being written.
    pub(crate) fn take_payload(&mut self) {
        let at = self.compose.add_captured(self.opened.as_ref(), self.tab);
        match at {
            Ok(at) => {
                let name = self
                    .compose
                    .message
                    .payloads
                    .get(at)
                    .map_or("", |row| row.name.as_str());
                let text = format!("Added {name} to the message being written.");
                self.tell(Severity::Note, text);
            }
            Err(why) => self.tell(Severity::Note, why),
        }
    }
}
