//! What is answered in the prompts of the Compose pane: files, drafts, the clipboard, what a responder answers.

use super::leaving::{replace_message, save_draft};
use super::payloads::put;
use crate::model::{Asked, ComposeEffect, Composer, Effects, State, Then, WorkEffect, pasted_text};
use natsbridge_engine::{
    Answer as ResponderAnswer, Command, OutboxCommand, PayloadRow, Responder, ResponderId, Source,
    check_pattern, suggest,
};
use natsbridge_wire::delay;
use std::path::PathBuf;
use std::time::Duration;

/// Handles the text entered into a prompt of the pane; on an error, a sentence, the prompt stays open.
pub(crate) fn take_answer(
    state: &mut State,
    asked: Asked,
    text: &str,
    effects: &mut Effects,
) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let composer = &mut state.compose;
    let path = PathBuf::from(text);
    match asked {
        Asked::PayloadFile(at) => effects.push(ComposeEffect::Suggest(at, path)),
        // What is pasted comes as a paste.
        Asked::Paste(_) => {}
        Asked::SaveDraft => save_draft(composer, path, effects),
        Asked::LoadDraft => replace_message(state, Then::Draft(path), effects),
        Asked::SaveText => {
            if let Some(text) = composer.text.take() {
                effects.push(WorkEffect::Save(path, text.body.into()));
            }
        }
        Asked::Arm => arm(composer, text, effects)?,
    }
    Ok(())
}

/// Takes what was pasted as the content of a payload, a new one if `None`.
pub(crate) fn take_paste(composer: &mut Composer, at: Option<usize>, text: &str) {
    let source = Source::Text(pasted_text(text));
    let row = PayloadRow {
        name: at.map_or("message", |_| "").into(),
        kind: suggest(&source).kind,
        source,
        types: vec![],
        encoding: None,
    };
    put(composer, at, row);
}

/// Arms the message as an automatic answer; without payloads, requests are echoed.
fn arm(composer: &mut Composer, text: &str, effects: &mut Effects) -> Result<(), String> {
    let (subject, delay, count) = armed(text)?;
    let message = &composer.message;
    let (answer, what) = if message.payloads.is_empty() {
        (ResponderAnswer::Echo, "their own payloads")
    } else {
        let answer = ResponderAnswer::Composition(Box::new(message.clone()));
        (answer, "this message as it is now")
    };
    let text = format!("Requests on {subject} are answered with {what}; press x on its row to disarm it.");
    effects.note(text);
    let responder = Responder {
        id: ResponderId(composer.next_number()),
        subject,
        answer,
        delay,
        count,
    };
    effects.push(Command::Outbox(OutboxCommand::Arm(Box::new(responder))));
    Ok(())
}

/// How to arm a responder, as typed: `SUBJECT [DELAY] [COUNT]`.
fn armed(text: &str) -> Result<(String, Duration, Option<u64>), String> {
    let mut words = text.split_whitespace();
    let subject = words.next().unwrap_or_default();
    check_pattern(subject).map_err(|error| error.to_string())?;
    let (mut pause, mut count) = (Duration::ZERO, None);
    for word in words {
        if let Ok(number) = word.parse::<u64>() {
            count = Some(number).filter(|number| *number > 0);
        } else {
            let why = || format!("{word} is neither a delay such as 200ms nor a number of replies");
            pause = delay(word).map_err(|_| why())?;
        }
    }
    Ok((subject.to_owned(), pause, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_responder_is_armed_with_a_subject_a_delay_and_a_number() {
        let armed = |text| armed(text).map(|(subject, delay, count)| (subject, delay.as_millis(), count));
        assert_eq!(armed("orders.*"), Ok(("orders.*".into(), 0, None)));
        assert_eq!(armed("a 200ms 5"), Ok(("a".into(), 200, Some(5))));
        assert_eq!(armed("a 5 2s"), Ok(("a".into(), 2000, Some(5))));
        assert_eq!(armed("a 0ms"), Ok(("a".into(), 0, None)));
        assert!(armed("a..b").is_err() && armed("a soon").is_err() && armed("").is_err());
    }
}
