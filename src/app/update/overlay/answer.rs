//! What the answer to a prompt does. One that cannot be taken is asked for again, with the reason.

use super::problems::export_problems;
use super::search::{find, is_viewed};
use crate::model::{Effects, LineEdit, Matches, Pane, PromptKind, State, TextFilter, ViewEffect};
use crate::update::compose::take_answer;
use crate::update::inspector::{pipe, save_to};
use crate::update::messages::{filter_by, is_found, plot_value, save_tape};
use crate::update::prompt::refuse;
use crate::update::subjects::{from_sequence, load_from, since_time};
use crate::update::timeline::export_conversations;
use natsbridge_engine::{Command, MessageFilter, RecordingCommand, SubscriptionCommand, check_pattern};

/// Takes the answer to a prompt.
pub(super) fn answer(state: &mut State, purpose: PromptKind, line: &LineEdit, effects: &mut Effects) {
    let text = line.text().trim();
    state.overlay.remember(purpose, text);
    if let Err(why) = take(state, purpose, text, effects) {
        refuse(&mut state.overlay, purpose, line.clone(), &why);
    }
}

/// The error is a sentence.
fn take(state: &mut State, purpose: PromptKind, text: &str, effects: &mut Effects) -> Result<(), String> {
    match purpose {
        PromptKind::ExportConversations
        | PromptKind::ExportProblems
        | PromptKind::SaveAs
        | PromptKind::RecordTo
        | PromptKind::SaveTape(_)
        | PromptKind::Pipe
        | PromptKind::PlotValue
            if text.is_empty() =>
        {
            return Err(format!("{}: nothing is typed; Esc gives up.", purpose.title()));
        }
        // Confirmed elsewhere: it may name an action to run.
        PromptKind::Command => {}
        PromptKind::Subscribe => subscribe(state, text, effects)?,
        PromptKind::Filter => {
            filter_by(state, text, effects).map_err(|fault| format!("Cannot filter: {fault}."))?;
        }
        PromptKind::Highlight => {
            let filter = MessageFilter::new(text);
            let filter = filter.map_err(|fault| format!("Cannot highlight: {fault}."))?;
            effects.note(state.messages.highlights.toggle(filter));
        }
        PromptKind::FilterConversations => state.timeline.filter_by(text, &state.store, state.now_us),
        PromptKind::View(question) => effects.push(ViewEffect::Answer(question, text.to_owned())),
        PromptKind::ExportProblems => export_problems(&state.store, state.now_us, text, effects)?,
        PromptKind::ExportConversations => export_conversations(state, text, effects)?,
        PromptKind::Compose(asked) => {
            take_answer(state, asked, text, effects).map_err(|fault| format!("{fault}."))?;
        }
        PromptKind::FromSequence => load_from(&state.subjects.asked, from_sequence(text)?, effects),
        PromptKind::SinceTime => {
            let start = since_time(text, state.now_us, &state.zone)?;
            load_from(&state.subjects.asked, start, effects);
        }
        PromptKind::Search => search(state, text, effects),
        PromptKind::RecordTo => effects.push(Command::Recording(RecordingCommand::Start(text.into()))),
        PromptKind::SaveTape(scope) => save_tape(state, scope, text, effects)?,
        PromptKind::SaveAs => save_to(&state.inspector, text, effects),
        PromptKind::Pipe => pipe(&state.inspector, &state.tools, text, effects),
        PromptKind::PlotValue => {
            let taken = plot_value(&state.messages, &state.store, text, effects);
            taken.map_err(|fault| format!("Cannot plot: {fault}."))?;
        }
    }
    Ok(())
}

fn subscribe(state: &State, text: &str, effects: &mut Effects) -> Result<(), String> {
    check_pattern(text).map_err(|fault| format!("Cannot subscribe: {fault}."))?;
    let mut known = state.subjects.subscriptions.iter();
    if known.any(|view| view.pattern == text) {
        effects.note("Already subscribed to that pattern.");
    } else {
        let command = SubscriptionCommand::Add(text.to_owned());
        effects.push(Command::Subscriptions(command));
    }
    Ok(())
}

fn search(state: &mut State, text: &str, effects: &mut Effects) {
    state.overlay.told = None;
    if state.focus.pane == Pane::Messages && !is_viewed(state) && is_found(state, text) {
        return;
    }
    state.search = TextFilter::new(text);
    state.messages.matches = Matches::default();
    if state.search.is_empty() {
        return;
    }
    if is_viewed(state) {
        effects.push(ViewEffect::Search(text.to_owned()));
    } else {
        find(state, true, effects);
    }
}
