//! Marks on messages, one letter each. A marked message is kept even after the store has evicted it.

use crate::model::{Effect, MarkUse, Marked, Overlay, State};
use crate::update::dispatch::select;
use natsbridge_engine::StoredMessage;
use natsbridge_wire::Severity;

impl State {
    /// Prompts for the letter of a mark.
    pub(crate) fn ask_mark(&mut self, wanted: MarkUse) {
        match wanted {
            MarkUse::Set if self.selected.is_none() => {
                self.tell(Severity::Note, "Select a message first, then mark it.");
            }
            _ => self.overlay = Overlay::Marks(wanted),
        }
    }

    /// Takes in the letter that was typed.
    pub(crate) fn mark_typed(&mut self, wanted: MarkUse, letter: char, effects: &mut Vec<Effect>) {
        self.overlay = Overlay::None;
        match wanted {
            MarkUse::Set => self.set_mark(letter),
            MarkUse::Jump => self.jump_to_mark(letter, effects),
        }
    }

    fn set_mark(&mut self, letter: char) {
        if !letter.is_alphanumeric() {
            self.tell(Severity::Note, "A mark is a letter or a digit.");
            return;
        }
        let Some(message) = self.selected.and_then(|seq| self.store.message(seq)) else {
            return;
        };
        let same = self.marked.letter_of(message.seq) == Some(letter);
        self.marked.remove(letter);
        if same {
            self.tell(Severity::Note, format!("Removed mark {letter}."));
        } else {
            self.marked.set(letter, message);
        }
    }

    fn jump_to_mark(&mut self, letter: char, effects: &mut Vec<Effect>) {
        let target = if letter == '\'' {
            self.marked.before
        } else {
            self.marked.get(letter).map(|message| message.seq)
        };
        let Some(seq) = target else {
            self.tell(Severity::Note, format!("There is no mark {letter}."));
            return;
        };
        let shown = self.view.get(self.view.position(seq)) == Some(seq);
        if !shown {
            let why = if seq < self.store.range().start {
                "The marked message is no longer in memory; it can still be compared."
            } else {
                "The marked message is filtered out: Esc in Messages clears the filter."
            };
            self.tell(Severity::Note, why);
            return;
        }
        let before = self.selected;
        select(self, seq, effects);
        self.marked.before = before;
    }

    /// Compares the two messages marked last, or the marked one with the selected one.
    pub(crate) fn compare_marked(&mut self, effects: &mut Vec<Effect>) {
        let selected = self.selected.and_then(|seq| self.store.message(seq));
        let pair = match (self.marked.last_two(), selected) {
            ([.., (_, a), (_, b)], _) => Some((a.clone(), b.clone())),
            ([(_, a)], Some(b)) if a.seq != b.seq => Some((a.clone(), b)),
            _ => None,
        };
        let Some((first, second)) = pair else {
            let text = "Press m and a letter to mark a message, then select or mark a second one: d \
                        compares them.";
            self.tell(Severity::Note, text);
            return;
        };
        let title = format!("{} and {}", self.named(&first), self.named(&second));
        effects.push(Effect::Compare(title, Box::new(first), Box::new(second)));
    }

    fn named(&self, message: &StoredMessage) -> String {
        match self.marked.letter_of(message.seq) {
            Some(letter) => format!("{letter} · #{} {}", message.seq, message.subject),
            None => format!("#{} {}", message.seq, message.subject),
        }
    }
}

impl Marked {
    fn last_two(&self) -> &[(char, StoredMessage)] {
        let all = self.all();
        &all[all.len().saturating_sub(2)..]
    }
}
