//! What each action does in the Compose pane: moving over the form, and while a line is typed.

use super::captured::needs_payload;
use super::choosing::choose;
use super::form::step;
use super::leaving::{ask_where_to_save, replace_message};
use super::lines::{end_typing, has_chosen, step_offer, take_offer, type_field, type_name};
use super::payloads::{double, put_back, shift, turn_kind};
use super::sending::{remove_at_cursor, send_message};
use super::texts::{edit_outside, write_here};
use crate::model::{
    Action, Asked, Cell, ChoiceKind, ComposeEffect, Composer, Content, EditMode, Effects, Field, FormRow,
    Overlay, Pane, PromptKind, State, TextShown, Then, Way, job_lines,
};
use crate::update::prompt::{known_values, prompt};
use natsbridge_engine::Source;
use natsbridge_wire::Kind;

/// Rows that a page of the form moves.
const PAGE: usize = 8;

/// Applies an action while nothing is typed.
pub(crate) fn act_in_compose(state: &mut State, action: Action, effects: &mut Effects) {
    let composer = &mut state.compose;
    let at = composer.payload_at_cursor();
    match action {
        Action::Open => open(state, effects),
        Action::Left | Action::Right | Action::NextValue => turn(composer, action),
        Action::DoublePayload | Action::PayloadSource if at.is_none() => needs_payload(effects),
        Action::AddPayload => choose(state, ChoiceKind::Source(None)),
        Action::DoublePayload => {
            double(composer);
        }
        Action::RemovePayload => remove_at_cursor(composer, effects),
        Action::PutBackPayload => {
            if !put_back(composer) {
                effects.note("Nothing to restore: no payload was removed.");
            }
        }
        Action::PayloadUp | Action::PayloadDown => {
            shift(composer, action == Action::PayloadDown);
        }
        Action::PayloadSource => choose(state, ChoiceKind::Source(at)),
        Action::PayloadColumns => columns(state, effects),
        Action::OutsideEditor => edit_at_cursor(composer, effects),
        Action::SendMessage => send_message(state, effects),
        Action::DryRun => {
            let way = Way::new(&state.connection.state, &composer.settings);
            effects.push(ComposeEffect::DryRun(Box::new(composer.message.clone()), way));
        }
        Action::CopySendAs => choose(state, ChoiceKind::CopyFormat),
        Action::ArmResponder => {
            let subject = composer.message.subject.clone();
            prompt(state, PromptKind::Compose(Asked::Arm), &subject, effects);
        }
        Action::SaveDraft => ask_where_to_save(state, Then::Stay, effects),
        Action::LoadDraft => prompt(state, PromptKind::Compose(Asked::LoadDraft), "", effects),
        Action::NewMessage => replace_message(state, Then::Message(Box::default()), effects),
        _ => {
            if let Some(rows) = action.distance(PAGE) {
                step(composer, rows);
            }
        }
    }
}

/// Applies an action while a line is typed; the typed text is kept in any case.
pub(crate) fn act_while_typing(composer: &mut Composer, action: Action) {
    let rows = match action {
        Action::Up => -1,
        Action::Down | Action::Open => 1,
        Action::Back => 0,
        // Other keys are letters of the line.
        _ => return,
    };
    let offered = match action {
        Action::Open => has_chosen(composer) && take_offer(composer),
        _ => rows != 0 && step_offer(composer, rows),
    };
    if !offered {
        end_typing(composer);
        step(composer, rows);
    }
}

/// Applies the completion offered; otherwise moves to the next row and keeps typing if it can be typed into.
pub(crate) fn complete(state: &mut State) {
    if take_offer(&mut state.compose) {
        return;
    }
    end_typing(&mut state.compose);
    step(&mut state.compose, 1);
    if let FormRow::Field(field) = state.compose.cursor
        && field.row().edits == EditMode::Line
    {
        type_into(state, field);
    }
}

/// Focuses the Compose pane; in an empty message, typing starts immediately.
pub(crate) fn go_to_compose(state: &mut State) {
    state.focus.pane = Pane::Compose;
    if state.compose.message.subject.is_empty() && !state.compose.is_typing() {
        type_into(state, Field::Subject);
    }
}

/// Starts to type a field, with what is known offered.
fn type_into(state: &mut State, field: Field) {
    let known = known_values(state, field);
    type_field(&mut state.compose, field, known);
}

/// Enter: types, opens, adds, sends.
fn open(state: &mut State, effects: &mut Effects) {
    let composer = &mut state.compose;
    match composer.cursor {
        FormRow::Field(Field::Dialect) => choose(state, ChoiceKind::Dialect),
        FormRow::Field(field) => match field.row().edits {
            EditMode::Line => type_into(state, field),
            EditMode::Turn => composer.turn_field(field, true),
            EditMode::Text => write_here(composer, Content::Field(field), &state.limits, effects),
        },
        FormRow::More => composer.unfolded = !composer.unfolded,
        FormRow::Payload(at) => match composer.cell {
            Cell::Name => type_name(composer, at),
            Cell::Kind => choose(state, ChoiceKind::Kind(at)),
            Cell::Content => open_content(state, at, effects),
        },
        FormRow::Add => choose(state, ChoiceKind::Source(None)),
        FormRow::Send => send_message(state, effects),
        FormRow::Responder(_) => effects.note("Press x to disarm this responder."),
        FormRow::Job(id) => {
            if let Some(job) = composer.jobs.get(id) {
                composer.text = Some(TextShown {
                    title: "Send status".into(),
                    body: job_lines(job),
                });
                state.overlay.open = Overlay::Text(0);
            }
        }
    }
}

/// Opens the content of a payload for editing.
fn open_content(state: &mut State, at: usize, effects: &mut Effects) {
    let content = Content::Payload(at);
    match state.compose.message.payloads.get(at).map(|row| &row.source) {
        Some(Source::File(path)) => {
            let path = path.display().to_string();
            let asked = Asked::PayloadFile(Some(at));
            prompt(state, PromptKind::Compose(asked), &path, effects);
        }
        Some(_) if state.compose.content(content).is_some() => {
            write_here(&mut state.compose, content, &state.limits, effects);
        }
        Some(_) => choose(state, ChoiceKind::Source(Some(at))),
        None => {}
    }
}

/// Left, right, or the next value: of a field, of a payload, of the fold.
fn turn(composer: &mut Composer, action: Action) {
    let (next, forward) = (action == Action::NextValue, action != Action::Left);
    match composer.cursor {
        FormRow::Payload(at) if next => turn_kind(composer, at, true),
        FormRow::Payload(_) => composer.cell = composer.cell.step(forward),
        FormRow::Field(field) => composer.turn_field(field, forward),
        FormRow::More if next => composer.unfolded = !composer.unfolded,
        FormRow::More => composer.unfolded = forward,
        FormRow::Add | FormRow::Send | FormRow::Responder(_) | FormRow::Job(_) => {}
    }
}

fn columns(state: &mut State, effects: &mut Effects) {
    let Some(at) = state.compose.payload_at_cursor() else {
        return needs_payload(effects);
    };
    let choices = ChoiceKind::Columns(at);
    if choices.rows(&state.compose) > 0 {
        choose(state, choices);
        return;
    }
    let text = if state.compose.message.payloads[at].kind == Kind::Table {
        "The columns are not known yet: the plan below says why."
    } else {
        "Only rows that become a table have column types: set the kind to table first."
    };
    effects.note(text);
}

/// Opens the text under the cursor in the external editor.
fn edit_at_cursor(composer: &Composer, effects: &mut Effects) {
    let content = match composer.cursor {
        FormRow::Payload(at) => Content::Payload(at),
        FormRow::Field(field) if field.row().edits == EditMode::Text => Content::Field(field),
        _ => return needs_payload(effects),
    };
    edit_outside(composer, content, effects);
}
