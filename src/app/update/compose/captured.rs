//! What is taken from the message in the inspector: its payload, or all of it as a reply or to be sent again.

use super::leaving::replace_message;
use super::payloads::{add, put};
use crate::model::{Composer, Effects, Inspector, Pane, State, Then, ViewEffect, count};
use natsbridge_engine::{PayloadRow, Source, compose_again, compose_answer};
use natsbridge_wire::PayloadState;

/// Fills the pane with a reply to the selected message, or with that message itself.
pub(crate) fn take_up(state: &mut State, again: bool, effects: &mut Effects) {
    let looked_at = state.overlay.mended_on_top().or(state.inspector.opened.as_ref());
    let Some(opened) = looked_at else {
        let text = if again {
            "then edit it and send it again"
        } else {
            "then reply to it"
        };
        return effects.note(format!("Select a message first, {text}."));
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
    replace_message(state, Then::Message(Box::new(message)), effects);
}

/// Makes the payload shown in the inspector the content of one of the message being written, of a new one if `None`.
pub(crate) fn take_payload(
    composer: &mut Composer,
    at: Option<usize>,
    inspector: &Inspector,
    effects: &mut Effects,
) {
    match captured(inspector) {
        Ok(row) if at.is_some() => put(composer, at, row),
        Ok(row) => {
            let at = add(composer, row);
            let row = composer.message.payloads.get(at);
            let name = row.map_or("", |row| row.name.as_str());
            effects.note(format!("Added {name} to the message being written."));
        }
        Err(why) => effects.note(why),
    }
}

/// Says that there is no payload under the cursor.
pub(super) fn needs_payload(effects: &mut Effects) {
    effects.note("Put the cursor on a payload first; a adds one.");
}

/// The payload that the inspector shows, as a row.
fn captured(inspector: &Inspector) -> Result<PayloadRow, &'static str> {
    let opened = inspector.opened.as_ref();
    let opened = opened.ok_or("Select a message first, then add its payload.")?;
    let payload = inspector.payload();
    let payload = payload.ok_or("Show a payload in the inspector first, then add it.")?;
    if payload.state == PayloadState::NotFetched {
        return Err(
            "This link has not been fetched yet: press Enter in the inspector, then add the payload.",
        );
    }
    Ok(PayloadRow {
        name: payload.dataname.to_string(),
        kind: payload.kind,
        source: Source::Bytes {
            body: payload.body.clone(),
            origin: format!("no. {} {}", count(opened.stored.seq), opened.stored.subject),
        },
        types: vec![],
        encoding: None,
    })
}
