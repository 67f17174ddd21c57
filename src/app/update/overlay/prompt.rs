//! Help while typing into a prompt: completions and earlier answers.

use crate::model::{ComposeWork, Effect, Field, LineEdit, Offers, Overlay, Prompting, Purpose, State};
use natsbridge_engine::FILTER_FIELDS;

/// Answers remembered per kind of prompt.
const REMEMBERED: usize = 100;
/// Words that join terms of a filter.
const JOINTS: [&str; 3] = ["and", "or", "not"];

impl Purpose {
    /// Whether it is a path that is asked for.
    pub fn is_path(self) -> bool {
        match self {
            Self::Compose(asked) => asked.is_path(),
            Self::SaveAs | Self::RecordTo | Self::ExportConversations => true,
            _ => false,
        }
    }

    /// The key its answers are remembered by; paths are not remembered.
    fn history(self) -> Option<&'static str> {
        Some(match self {
            Self::Filter => "filter",
            Self::FilterConversations => "filter-conversations",
            Self::Search => "search",
            Self::Subscribe => "subscribe",
            Self::Highlight => "highlight",
            Self::Command => "command",
            Self::Pipe => "pipe",
            Self::PlotValue => "plot-value",
            Self::View(question) => question.id,
            _ => return None,
        })
    }
}

impl State {
    /// Opens a prompt.
    pub(crate) fn prompt(&mut self, purpose: Purpose, text: &str, effects: &mut Vec<Effect>) {
        self.verdict = None;
        self.overlay = Overlay::Prompt(purpose, LineEdit::new(text));
        self.prompting = Prompting::default();
        self.offer(effects);
    }

    /// Offers completions for what has been typed so far.
    pub(super) fn offer(&mut self, effects: &mut Vec<Effect>) {
        let Overlay::Prompt(purpose, line) = &self.overlay else {
            return;
        };
        if purpose.is_path() {
            effects.push(Effect::Compose(ComposeWork::Paths(line.text().to_owned())));
            return;
        }
        let (purpose, line) = (*purpose, line.clone());
        let offers = self.prompt_offers(purpose, &line);
        self.show_offers(offers);
    }

    /// What may still become valid is not an error yet.
    fn show_offers(&mut self, offers: Vec<String>) {
        if !offers.is_empty() {
            self.verdict.take_if(|verdict| verdict.is_err());
        }
        self.prompting.offers = Offers::of(offers);
    }

    /// Possible completions of this line. A view's completions arrive with its verdict.
    pub(super) fn prompt_offers(&self, purpose: Purpose, line: &LineEdit) -> Vec<String> {
        match purpose {
            Purpose::Command => self.command_offers(line),
            Purpose::Filter | Purpose::Highlight => {
                let words = |start: &str| self.filter_words(start);
                completed(line, words)
            }
            Purpose::Subscribe if !line.text().is_empty() => {
                let known = self.known_values(Field::Subject);
                Offers::new(known, line.text()).shown
            }
            Purpose::Pipe => {
                let named = self.tools.decoders.iter().map(|decoder| decoder.name.clone());
                Offers::new(named.collect(), line.text()).shown
            }
            _ => vec![],
        }
    }

    /// Accepts the completions a view offers.
    pub(crate) fn take_offers(&mut self, words: &[String]) {
        if let Overlay::Prompt(Purpose::View(_), line) = &self.overlay {
            let fits = |start: &str| {
                let fitting = words.iter().filter(|word| begins(word, start));
                fitting.cloned().collect()
            };
            let offers = completed(line, fits);
            self.show_offers(offers);
        }
    }

    /// Takes in paths that the text could become.
    pub(crate) fn take_paths(&mut self, text: &str, paths: Vec<String>) {
        if let Overlay::Prompt(purpose, line) = &self.overlay
            && purpose.is_path()
            && line.text() == text
        {
            self.prompting.offers = Offers::of(paths);
        }
    }

    /// Tab: applies the best completion. Returns the resulting text, if there was one.
    pub(crate) fn complete_prompt(&mut self, effects: &mut Vec<Effect>) {
        if let Overlay::Prompt(_, line) = &mut self.overlay
            && let Some(best) = self.prompting.offers.best()
        {
            *line = LineEdit::new(best);
            self.prompting = Prompting::default();
            self.typed(effects);
        }
    }

    /// Up and down in a prompt: through the completions, and above them through earlier answers.
    pub(super) fn step_prompt(&mut self, rows: isize, effects: &mut Vec<Effect>) {
        let recalls = self.prompting.recalled.is_some();
        if !recalls && self.prompting.offers.step(rows) {
            return;
        }
        let Overlay::Prompt(purpose, line) = &mut self.overlay else {
            return;
        };
        let Some(history) = purpose.history().and_then(|key| self.histories.get(key)) else {
            return;
        };
        let (at, typed) = match self.prompting.recalled.take() {
            None if rows < 0 => (0, line.text().to_owned()),
            None => return,
            Some((0, typed)) if rows > 0 => {
                *line = LineEdit::new(typed);
                self.typed(effects);
                return;
            }
            Some((at, typed)) => (at.saturating_add_signed(-rows), typed),
        };
        let at = at.min(history.len().saturating_sub(1));
        let Some(text) = history.get(at) else { return };
        *line = LineEdit::new(text);
        self.typed(effects);
        self.prompting.recalled = Some((at, typed));
    }

    /// Remembers an answer.
    pub(super) fn remember(&mut self, purpose: Purpose, text: &str) {
        let Some(key) = purpose.history().filter(|_| !text.trim().is_empty()) else {
            return;
        };
        let history = self.histories.entry(key.to_owned()).or_default();
        history.retain(|before| before != text);
        history.push_front(text.to_owned());
        history.truncate(REMEMBERED);
    }

    /// Completions of a filter term: fields, values of fields that have only a few, and conjunctions.
    fn filter_words(&self, start: &str) -> Vec<String> {
        let sign = start.find(['=', '!', '~', '<', '>']);
        let Some(sign) = sign else {
            let names = FILTER_FIELDS.iter().map(|row| row.name);
            let fitting = names.chain(JOINTS).filter(|name| begins(name, start));
            return fitting.map(str::to_owned).collect();
        };
        let value = start[sign..].trim_start_matches(['=', '!', '~', '<', '>']);
        let (head, name) = (&start[..start.len() - value.len()], &start[..sign]);
        let Some(row) = FILTER_FIELDS.iter().find(|row| row.name == name) else {
            return vec![];
        };
        let few = (row.values)();
        let known = if few.is_empty() {
            self.known_values(match name {
                "subject" => Field::Subject,
                "sender" | "receiver" => Field::Receiver,
                "purpose" => Field::Purpose,
                _ => return vec![],
            })
        } else {
            few.into_iter().map(str::to_owned).collect()
        };
        let fitting = known
            .into_iter()
            .filter(|word| begins(word, value) && !word.contains(' '));
        fitting.map(|word| format!("{head}{word}")).collect()
    }
}

fn begins(word: &str, start: &str) -> bool {
    word.len() > start.len() && word.to_lowercase().starts_with(&start.to_lowercase())
}

/// The lines that result where the word before the cursor is completed.
fn completed(line: &LineEdit, words: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    /// Lines offered at a time.
    const MOST: usize = 6;
    let (before, after) = line.text().split_at(line.before().len());
    let start = before.rfind([' ', '(']).map_or(0, |at| at + 1);
    let (kept, word) = before.split_at(start);
    if word.is_empty() {
        return vec![];
    }
    let whole = words(word).into_iter().take(MOST);
    whole.map(|word| format!("{kept}{word}{after}")).collect()
}
