//! What was received is saved as a tape: what of it, to which file, and what a worker is asked for.

use crate::export::is_page;
use crate::model::{Effects, LongWork, Overlay, PageContent, Pane, PromptKind, State, TapeChoice, TapeScope};
use crate::update::prompt::propose;
use jiff::Timestamp;
use natsbridge_engine::{ConnectionState, TapeOrigin, TapeSelection};

/// Asks what is to be saved; what a person is looking at is chosen already.
pub(crate) fn ask_tape(state: &mut State, effects: &mut Effects) {
    let choices = choices(state);
    if choices.is_empty() {
        return effects.note("Nothing has been received yet, so there is nothing to save.");
    }
    let likely = |choice: &TapeChoice| match choice.scope {
        TapeScope::Conversation(_) => true,
        TapeScope::Selected(_) => state.focus.pane == Pane::Inspector,
        TapeScope::Shown => state.focus.pane != Pane::Timeline,
        TapeScope::All | TapeScope::Marked => false,
    };
    let at = choices.iter().position(likely).unwrap_or(0);
    state.overlay.open = Overlay::Tape(at, choices);
}

/// What there is to save.
fn choices(state: &State) -> Vec<TapeChoice> {
    let (store, messages) = (&state.store, &state.messages);
    let held = store.range();
    let mut all = vec![(TapeScope::All, (held.end - held.start) as usize)];
    if messages.list.is_filtered() {
        all.push((TapeScope::Shown, messages.list.len()));
    }
    all.push((TapeScope::Marked, messages.marked.all().len()));
    if let Some(seq) = state.messages.selected.filter(|seq| held.contains(seq)) {
        all.push((TapeScope::Selected(seq), 1));
    }
    let chosen = state
        .timeline
        .chosen()
        .filter(|_| state.focus.pane == Pane::Timeline);
    if let Some(id) = chosen {
        let seqs = store.timeline(|timeline| timeline.seqs(id));
        let held = seqs.iter().filter(|seq| held.contains(seq)).count();
        all.push((TapeScope::Conversation(id), held));
    }
    let choice = |(scope, messages)| TapeChoice { scope, messages };
    let all = all.into_iter().map(choice);
    all.filter(|choice| choice.messages > 0).collect()
}

/// Asks for the file to save these to.
pub(crate) fn ask_tape_file(state: &mut State, scope: TapeScope, effects: &mut Effects) {
    let now = Timestamp::from_microsecond(state.now_us).unwrap_or_default();
    let now = now.to_zoned(state.zone.clone());
    let what = match scope {
        TapeScope::All => "received",
        _ => scope.word(),
    };
    let name = format!("{what}-{}.jsonl", now.strftime("%Y%m%d-%H%M%S"));
    propose(state, PromptKind::SaveTape(scope), &name, effects);
}

/// Saves what is called by that word, as a command does. The error is a sentence.
pub(crate) fn save_tape_of(
    state: &State,
    word: &str,
    file: &str,
    effects: &mut Effects,
) -> Result<(), String> {
    let choices = choices(state);
    let meant = choices.iter().find(|choice| choice.scope.word() == word);
    let meant = meant.ok_or_else(|| match word {
        "shown" => "No filter is in force, or it shows nothing: leave out \"shown\".".to_owned(),
        "selected" => "No message is selected.".to_owned(),
        "marked" => "No message is marked: m and a letter mark the selected one.".to_owned(),
        "conversation" => "Go to the timeline and select a conversation first, then save it.".to_owned(),
        _ => "Nothing has been received yet, so there is nothing to save.".to_owned(),
    })?;
    save_tape(state, meant.scope, file, effects)
}

/// Has a worker save these. The error is a sentence.
pub(crate) fn save_tape(
    state: &State,
    scope: TapeScope,
    file: &str,
    effects: &mut Effects,
) -> Result<(), String> {
    let (store, list) = (&state.store, &state.messages.list);
    if scope == TapeScope::Shown && list.is_scanning() {
        return Err("The filter is still being applied; save once it is done.".into());
    }
    let messages = match scope {
        TapeScope::All => TapeSelection::Range(store.range()),
        TapeScope::Shown => TapeSelection::These((0..list.len()).filter_map(|at| list.get(at)).collect()),
        TapeScope::Selected(seq) => TapeSelection::These(vec![seq]),
        TapeScope::Marked => {
            let marked = state.messages.marked.all().iter();
            let mut marked: Vec<_> = marked.map(|(_, message)| message.clone()).collect();
            marked.sort_by_key(|message| message.seq);
            // A message may have two letters.
            marked.dedup_by_key(|message| message.seq);
            TapeSelection::Kept(marked)
        }
        TapeScope::Conversation(id) => TapeSelection::These(store.timeline(|timeline| timeline.seqs(id))),
    };
    if messages.is_empty() {
        return Err("There is nothing left of that to save.".into());
    }
    effects.push(if is_page(file) {
        LongWork::SavePage(file.into(), PageContent::Messages(messages))
    } else {
        LongWork::SaveTape {
            path: file.into(),
            messages,
            origin: origin(state),
        }
    });
    Ok(())
}

/// Where it came from: the broker in use now, and what is subscribed to there.
fn origin(state: &State) -> TapeOrigin {
    let server = match &state.connection.state {
        ConnectionState::Connected { server, .. } => server.address.as_str(),
        ConnectionState::Connecting { address, .. }
        | ConnectionState::Lost { address, .. }
        | ConnectionState::Refused { address, .. } => address.as_str(),
        ConnectionState::Tape { .. } | ConnectionState::Offline => "",
    };
    let subscriptions = state.subjects.subscriptions.iter();
    TapeOrigin {
        server: server.to_owned(),
        subjects: subscriptions.map(|view| view.pattern.clone()).collect(),
    }
}
