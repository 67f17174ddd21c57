//! Marks on messages, one letter each. A marked message is kept even after the store has evicted it.

use super::list::select;
use crate::model::{Effects, LongWork, MarkUse, Marked, Messages, Overlay, Overlays, State, count};
use natsbridge_engine::{Store, StoredMessage};

/// Prompts for the letter of a mark.
pub(crate) fn ask_mark(overlay: &mut Overlays, messages: &Messages, wanted: MarkUse, effects: &mut Effects) {
    match wanted {
        MarkUse::Set if messages.selected.is_none() => {
            effects.note("Select a message first, then mark it.");
        }
        MarkUse::Set | MarkUse::Jump => overlay.open = Overlay::Marks(wanted),
    }
}

/// Takes in the letter that was typed.
pub(crate) fn mark_typed(state: &mut State, wanted: MarkUse, letter: char, effects: &mut Effects) {
    state.overlay.open = Overlay::None;
    match wanted {
        MarkUse::Set => set_mark(&mut state.messages, &state.store, letter, effects),
        MarkUse::Jump => jump_to_mark(state, letter, effects),
    }
}

fn set_mark(messages: &mut Messages, store: &Store, letter: char, effects: &mut Effects) {
    if !letter.is_alphanumeric() {
        return effects.note("A mark is a letter or a digit.");
    }
    let Some(message) = messages.selected.and_then(|seq| store.message(seq)) else {
        return;
    };
    let same = messages.marked.letter_of(message.seq) == Some(letter);
    messages.marked.remove(letter);
    if same {
        effects.note(format!("Removed mark {letter}."));
    } else {
        messages.marked.set(letter, message);
    }
}

fn jump_to_mark(state: &mut State, letter: char, effects: &mut Effects) {
    let marked = &state.messages.marked;
    let target = if letter == '\'' {
        marked.before
    } else {
        marked.get(letter).map(|message| message.seq)
    };
    let Some(seq) = target else {
        return effects.note(format!("There is no mark {letter}."));
    };
    if !state.messages.list.holds(seq) {
        let why = if seq < state.store.range().start {
            "The marked message is no longer kept; it can still be compared."
        } else {
            "The marked message is filtered out: Esc in Messages clears the filter."
        };
        return effects.note(why);
    }
    let before = state.messages.selected;
    select(state, seq, effects);
    state.messages.marked.before = before;
}

/// Compares the two messages marked last, or the marked one with the selected one.
pub(crate) fn compare_marked(messages: &Messages, store: &Store, effects: &mut Effects) {
    let selected = messages.selected.and_then(|seq| store.message(seq));
    let pair = match (messages.marked.last_two(), selected) {
        ([.., (_, a), (_, b)], _) => Some((a.clone(), b.clone())),
        ([(_, a)], Some(b)) if a.seq != b.seq => Some((a.clone(), b)),
        _ => None,
    };
    let Some((first, second)) = pair else {
        let text = "Press m and a letter to mark a message, then select or mark a second one: d \
                    compares them.";
        return effects.note(text);
    };
    let name = |message| named(&messages.marked, message);
    let title = format!("{} and {}", name(&first), name(&second));
    effects.push(LongWork::Compare(title, Box::new(first), Box::new(second)));
}

fn named(marked: &Marked, message: &StoredMessage) -> String {
    match marked.letter_of(message.seq) {
        Some(letter) => format!("{letter} · no. {} {}", count(message.seq), message.subject),
        None => format!("no. {} {}", count(message.seq), message.subject),
    }
}
