//! The prompts of the Compose pane: files, drafts, the clipboard, what a responder answers.

use crate::model::{Answer, Asked, ComposeWork, Effect, Next, Purpose, State, Then, pasted_text};
use natsbridge_engine::{
    Answer as ResponderAnswer, Command, PayloadRow, Responder, ResponderId, Source, check_pattern, suggest,
};
use natsbridge_wire::{Severity, delay};
use std::path::PathBuf;
use std::time::Duration;

impl State {
    /// Opens a prompt of the pane.
    pub(super) fn ask(&mut self, asked: Asked, text: &str, effects: &mut Vec<Effect>) {
        self.prompt(Purpose::Compose(asked), text, effects);
    }

    /// Asks where to save the draft, and what to do once it is saved.
    pub(super) fn ask_where_to_save(&mut self, then: Then, effects: &mut Vec<Effect>) {
        self.compose.then = then;
        let path = self.compose.draft.as_ref().map(|path| path.display().to_string());
        self.ask(
            Asked::SaveDraft,
            &path.unwrap_or_else(|| "draft.toml".into()),
            effects,
        );
    }

    /// Handles the answer to the question asked before something is lost.
    pub(super) fn answered(&mut self, answer: Answer, then: Then, effects: &mut Vec<Effect>) {
        match (answer, then) {
            (Answer::Stay, _) | (Answer::Lose, Then::Stay) => {}
            (Answer::Save, then) => self.ask_where_to_save(then, effects),
            (Answer::Lose, Then::Quit) => effects.push(Effect::Quit),
            (Answer::Lose, Then::Next(next)) => self.go_on(next, effects),
        }
    }

    /// Handles the text entered into a prompt of the pane; on an error, a sentence, the prompt stays open.
    pub(crate) fn take_answer(
        &mut self,
        asked: Asked,
        text: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        let path = PathBuf::from(text);
        match asked {
            Asked::PayloadFile(at) => effects.push(Effect::Compose(ComposeWork::Suggest(at, path))),
            Asked::Paste(_) => {}
            Asked::SaveDraft => {
                let own = self.compose.draft.as_ref() == Some(&path);
                effects.push(Effect::Compose(ComposeWork::WriteDraft {
                    path,
                    message: Box::new(self.compose.message.clone()),
                    revision: self.compose.revision,
                    own,
                }));
            }
            Asked::LoadDraft => self.replace_message(Next::Draft(path), effects),
            Asked::SaveText => {
                if let Some(text) = self.compose.text.take() {
                    effects.push(Effect::Compose(ComposeWork::SaveText(path, text.body)));
                }
            }
            Asked::Arm => self.arm(text, effects)?,
        }
        Ok(())
    }

    /// Takes what was pasted as the content of a payload, a new one if `None`.
    pub(crate) fn take_paste(&mut self, at: Option<usize>, text: &str) {
        let source = Source::Text(pasted_text(text));
        let suggestion = suggest(&source);
        if let Some(at) = at {
            self.compose.set_source(at, source, suggestion);
        } else {
            let mut row = PayloadRow::text("message", "");
            row.kind = suggestion.kind;
            row.source = source;
            self.compose.add(row);
        }
    }

    /// Arms the message as an automatic answer; without payloads, requests are echoed.
    fn arm(&mut self, text: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
        let armed = Armed::parse(text)?;
        let message = &self.compose.message;
        let answer = if message.payloads.is_empty() {
            ResponderAnswer::Echo
        } else {
            ResponderAnswer::Composition(Box::new(message.clone()))
        };
        let what = match &answer {
            ResponderAnswer::Echo => "their own payloads",
            ResponderAnswer::Composition(_) => "this message as it is now",
        };
        let text = format!(
            "Requests on {} are answered with {what}; press x on its row to disarm it.",
            armed.subject
        );
        self.tell(Severity::Note, text);
        let responder = Responder {
            id: ResponderId(self.compose.next_number()),
            subject: armed.subject,
            answer,
            delay: armed.delay,
            count: armed.count,
        };
        effects.push(Effect::Session(Command::Arm(Box::new(responder))));
        Ok(())
    }
}

/// How to arm a responder, as typed: `SUBJECT [DELAY] [COUNT]`.
#[derive(Debug, PartialEq, Eq)]
struct Armed {
    subject: String,
    delay: Duration,
    count: Option<u64>,
}

impl Armed {
    fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let subject = words.next().unwrap_or_default().to_owned();
        check_pattern(&subject).map_err(|error| error.to_string())?;
        let mut armed = Self {
            subject,
            delay: Duration::ZERO,
            count: None,
        };
        for word in words {
            if let Ok(count) = word.parse::<u64>() {
                armed.count = Some(count).filter(|count| *count > 0);
            } else {
                armed.delay = delay(word).map_err(|_| {
                    format!("{word} is neither a delay such as 200ms nor a number of replies")
                })?;
            }
        }
        Ok(armed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_responder_is_armed_with_a_subject_a_delay_and_a_number() {
        let armed =
            |text| Armed::parse(text).map(|armed| (armed.subject, armed.delay.as_millis(), armed.count));
        assert_eq!(armed("orders.*"), Ok(("orders.*".into(), 0, None)));
        assert_eq!(armed("a 200ms 5"), Ok(("a".into(), 200, Some(5))));
        assert_eq!(armed("a 5 2s"), Ok(("a".into(), 2000, Some(5))));
        assert_eq!(armed("a 0ms"), Ok(("a".into(), 0, None)));
        assert!(armed("a..b").is_err() && armed("a soon").is_err() && armed("").is_err());
    }
}
