//! What is taken from the message in the inspector: its payload, or all of it as a reply or to be sent again.

use super::leaving::replace_message;
use super::payloads::{add, set_source};
use crate::model::{Composer, Effects, Inspector, Next, Pane, State, ViewEffect};
use natsbridge_engine::{PayloadRow, Source, Suggestion, compose_again, compose_answer};
use natsbridge_wire::{PayloadState, Severity};

/// Fills the pane with a reply to the selected message, or with that message itself.
pub(crate) fn take_up(state: &mut State, again: bool, effects: &mut Effects) {
    let looked_at = state.overlay.mended_on_top().or(state.inspector.opened.as_ref());
    let Some(opened) = looked_at else {
        let text = if again {
            "then edit it and send it again"
        } else {
            "then reply to it"
        };
        effects.tell(Severity::Note, format!("Select a message first, {text}."));
        return;
    };
    let message = if again {
        compose_again(&opened.stored, &opened.decoded)
    } else {
        compose_answer(&opened.stored, &opened.decoded)
    };
    if state.overlay.sheet.take().is_some() {
        effects.push(ViewEffect::LiftSheet);
    }
    state.focus.pane = Pane::Compose;
    let next = Next::Message(Box::new(message));
    replace_message(&mut state.compose, &mut state.overlay, next, effects);
}

/// Adds the payload shown in the inspector to the message being written.
pub(crate) fn take_payload(composer: &mut Composer, inspector: &Inspector, effects: &mut Effects) {
    match captured(inspector) {
        Ok(row) => {
            let at = add(composer, row);
            let row = composer.message.payloads.get(at);
            let name = row.map_or("", |row| row.name.as_str());
            effects.tell(
                Severity::Note,
                format!("Added {name} to the message being written."),
            );
        }
        Err(why) => effects.tell(Severity::Note, why),
    }
}

/// Makes the payload shown in the inspector the content of one of the message being written.
pub(super) fn take_content(composer: &mut Composer, at: usize, inspector: &Inspector, effects: &mut Effects) {
    match captured(inspector) {
        Ok(row) => {
            let suggestion = Suggestion {
                kind: row.kind,
                name: row.name,
            };
            set_source(composer, at, row.source, suggestion);
        }
        Err(why) => effects.tell(Severity::Note, why),
    }
}

/// Says that there is no payload under the cursor.
pub(super) fn needs_payload(effects: &mut Effects) {
    effects.tell(Severity::Note, "Put the cursor on a payload first; a adds one.");
}

/// The payload that the inspector shows, as a row.
fn captured(inspector: &Inspector) -> Result<PayloadRow, &'static str> {
    let opened = inspector
        .opened
        .as_ref()
        .ok_or("Select a message first, then add its payload.")?;
    let payload = inspector
        .payload()
        .ok_or("Show a payload in the inspector first, then add it.")?;
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
