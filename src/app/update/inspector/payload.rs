//! What can be done with the payload shown: save it, view it as another kind, open it in another program, pipe it
//! through a decoder.

use crate::model::{
    Effects, Inspector, LongWork, Overlay, Overlays, PromptKind, ShownPayload, State, TerminalEffect, Tools,
    WorkEffect,
};
use crate::update::prompt::{prompt, propose};
use natsbridge_engine::safe_file_name;
use natsbridge_wire::{KINDS, Kind, PayloadState, usual_ending};

/// The payload shown, or a sentence saying why there is none. In the tabs of the whole message it is the whole
/// message.
fn shown_payload(inspector: &Inspector, to: &str) -> Result<ShownPayload, String> {
    let Some(opened) = &inspector.opened else {
        return Err(format!("Select a message first, then {to} its payload."));
    };
    let (name, kind, body) = match inspector.payload() {
        Some(payload) if payload.state == PayloadState::NotFetched => {
            let why = "This link has not been fetched yet: press Enter in the inspector";
            return Err(format!("{why}, then {to} it."));
        }
        Some(payload) => (&*payload.dataname, payload.kind, payload.body.clone()),
        None => ("", Kind::Dictionary, opened.decoded.raw.clone().into()),
    };
    if body.is_empty() {
        return Err(format!("This payload is empty: there is nothing to {to}."));
    }
    let mut file_name = safe_file_name(name, &opened.stored.seq.to_string());
    if !file_name.contains('.') {
        file_name = format!("{file_name}.{}", usual_ending(kind, &body));
    }
    Ok(ShownPayload {
        subject: opened.stored.subject.to_string(),
        dataname: name.to_owned(),
        kind,
        file_name,
        body,
    })
}

/// The payload shown; tells the user where there is none.
fn payload(inspector: &Inspector, to: &str, effects: &mut Effects) -> Option<ShownPayload> {
    shown_payload(inspector, to).map_err(|why| effects.note(why)).ok()
}

/// Asks where to save it.
pub(crate) fn ask_save(state: &mut State, effects: &mut Effects) {
    if let Some(shown) = payload(&state.inspector, "save", effects) {
        propose(state, PromptKind::SaveAs, &shown.file_name, effects);
    }
}

/// Saves it.
pub(crate) fn save_to(inspector: &Inspector, path: &str, effects: &mut Effects) {
    if let Some(shown) = payload(inspector, "save", effects) {
        effects.push(WorkEffect::Save(path.into(), shown.body));
    }
}

/// Asks which kind to view it as.
pub(crate) fn ask_kind(overlay: &mut Overlays, inspector: &Inspector, effects: &mut Effects) {
    if let Some(shown) = payload(inspector, "view", effects) {
        overlay.open = Overlay::Kinds(shown.kind as usize, shown.kind);
    }
}

/// Shows it as another kind.
pub(crate) fn view_as(inspector: &Inspector, chosen: usize, effects: &mut Effects) {
    let Some(row) = KINDS.get(chosen) else { return };
    if let Some(shown) = payload(inspector, "view", effects) {
        effects.push(LongWork::ViewAs(Box::new(shown), row.kind));
    }
}

/// Opens it in another program.
pub(crate) fn open_outside(inspector: &Inspector, tools: &Tools, effects: &mut Effects) {
    let Some(shown) = payload(inspector, "open", effects) else {
        return;
    };
    match tools.opener(shown.kind) {
        Some((command, true)) => {
            let command = command.to_owned();
            effects.push(TerminalEffect::OpenInTerminal(Box::new(shown), command));
        }
        opener => {
            let command = opener.map(|(command, _)| command.to_owned());
            effects.push(WorkEffect::OpenBeside(Box::new(shown), command));
        }
    }
}

/// Asks for the command to pipe it through.
pub(crate) fn ask_pipe(state: &mut State, effects: &mut Effects) {
    if payload(&state.inspector, "pipe", effects).is_some() {
        let last = state.overlay.last_answer(PromptKind::Pipe);
        let first = || state.tools.decoders.first().map(|decoder| decoder.name.clone());
        let text = last.or_else(first).unwrap_or_default();
        prompt(state, PromptKind::Pipe, &text, effects);
    }
}

/// Pipes it through a decoder, or a command.
pub(crate) fn pipe(inspector: &Inspector, tools: &Tools, text: &str, effects: &mut Effects) {
    if let Some(shown) = payload(inspector, "pipe", effects) {
        effects.push(LongWork::Pipe(Box::new(shown), tools.command(text).to_owned()));
    }
}
