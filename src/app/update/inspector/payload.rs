//! What can be done with the payload shown: save it, view it as another kind, open it in another program, pipe it
//! through a decoder.

use crate::model::{Effect, Overlay, Purpose, ShownPayload, State};
use natsbridge_engine::safe_file_name;
use natsbridge_wire::{Blob, KINDS, Kind, PayloadState, Severity};

impl State {
    /// The payload shown, or a sentence saying why there is none. In the tabs of the whole message it is the whole
    /// message.
    fn shown_payload(&self, to: &str) -> Result<ShownPayload, String> {
        let Some(opened) = &self.opened else {
            return Err(format!("Select a message first, then {to} its payload."));
        };
        let payload = opened.decoded.payloads.get(self.tab);
        if payload.is_some_and(|payload| payload.state == PayloadState::NotFetched) {
            return Err(format!(
                "This link has not been fetched yet: press Enter in the inspector, then {to} it."
            ));
        }
        let name = payload.map_or("", |payload| payload.dataname.as_str());
        let kind = payload.map_or(Kind::Dictionary, |payload| payload.kind);
        let body: Blob = payload.map_or_else(
            || opened.decoded.raw.clone().into(),
            |payload| payload.body.clone(),
        );
        if body.is_empty() {
            return Err(format!("This payload is empty: there is nothing to {to}."));
        }
        let mut file_name = safe_file_name(name, &opened.stored.seq.to_string());
        if !file_name.contains('.') {
            let media_type = payload.map_or("", |payload| payload.media_type.as_str());
            file_name = format!("{file_name}.{}", ending(kind, media_type));
        }
        Ok(ShownPayload {
            subject: opened.stored.subject.to_string(),
            dataname: name.to_owned(),
            kind,
            file_name,
            body,
        })
    }

    fn with_payload(&mut self, to: &str, then: impl FnOnce(&mut Self, ShownPayload)) {
        match self.shown_payload(to) {
            Ok(shown) => then(self, shown),
            Err(why) => self.tell(Severity::Note, why),
        }
    }

    /// Asks where to save it.
    pub(crate) fn ask_save(&mut self, effects: &mut Vec<Effect>) {
        self.with_payload("save", |state, shown| {
            state.prompt(Purpose::SaveAs, &shown.file_name, effects);
        });
    }

    /// Saves it.
    pub(crate) fn save_to(&mut self, path: &str, effects: &mut Vec<Effect>) {
        self.with_payload("save", |_, shown| {
            effects.push(Effect::Save(path.into(), shown.body));
        });
    }

    /// Asks which kind to view it as.
    pub(crate) fn ask_kind(&mut self) {
        self.with_payload("view", |state, shown| {
            state.overlay = Overlay::Kinds(shown.kind as usize, shown.kind);
        });
    }

    /// Shows it as another kind.
    pub(crate) fn view_as(&mut self, chosen: usize, effects: &mut Vec<Effect>) {
        let Some(row) = KINDS.get(chosen) else { return };
        self.with_payload("view", |_, shown| {
            effects.push(Effect::ViewAs(Box::new(shown), row.kind));
        });
    }

    /// Opens it in another program.
    pub(crate) fn open_outside(&mut self, effects: &mut Vec<Effect>) {
        self.with_payload("open", |state, shown| {
            let opener = state.tools.opener(shown.kind);
            let (command, in_terminal) = opener.map_or((None, false), |(command, in_terminal)| {
                (Some(command.to_owned()), in_terminal)
            });
            effects.push(Effect::OpenOutside {
                shown: Box::new(shown),
                command,
                in_terminal,
            });
        });
    }

    /// Asks for the command to pipe it through.
    pub(crate) fn ask_pipe(&mut self, effects: &mut Vec<Effect>) {
        self.with_payload("pipe", |state, _| {
            let last = state
                .histories
                .get("pipe")
                .and_then(|history| history.front().cloned());
            let first = state.tools.decoders.first().map(|decoder| decoder.name.clone());
            let text = last.or(first).unwrap_or_default();
            state.prompt(Purpose::Pipe, &text, effects);
        });
    }

    /// Pipes it through a decoder, or a command.
    pub(crate) fn pipe(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let command = self.tools.command(text).to_owned();
        self.with_payload("pipe", |_, shown| {
            effects.push(Effect::Pipe(Box::new(shown), command));
        });
    }
}

/// The file extension, by content.
fn ending(kind: Kind, media_type: &str) -> &'static str {
    match (kind, media_type) {
        (Kind::Text, _) => "txt",
        (Kind::Dictionary | Kind::JsonTable, _) => "json",
        (Kind::Table, _) => "arrow",
        (_, "image/png") => "png",
        (_, "image/jpeg") => "jpg",
        (_, "image/gif") => "gif",
        (_, "image/webp") => "webp",
        (_, "image/bmp") => "bmp",
        (_, "audio/mpeg") => "mp3",
        (_, "audio/x-wav" | "audio/wav") => "wav",
        (_, "audio/x-flac" | "audio/flac") => "flac",
        (_, "audio/ogg") => "ogg",
        (_, "video/mp4") => "mp4",
        (_, "video/webm") => "webm",
        (_, "video/x-matroska") => "mkv",
        (_, "video/x-msvideo") => "avi",
        (_, "application/pdf") => "pdf",
        _ => "bin",
    }
}
