//! Effects that may take long and can be given up: which they are, what the footer says of them, and doing them.

use super::done::Done;
use super::payloads;
use crate::preview::{difference_sheet, mended_sheet};
use natsbridge_app::{Effect, Msg, Opened, Progress};
use natsbridge_engine::{Sequence, Store, StoredMessage, TextSearch, examine_received};
use natsbridge_wire::{DecodedMessage, Limits, READERS, Severity, mend_for};
use std::sync::Arc;

/// What is being done, as the footer says it; `None` for what is none of these.
pub fn slow(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Compare(..) => "comparing".to_owned(),
        Effect::Mend(_, reader) => format!("rewriting it for {reader}"),
        Effect::Find(text) => format!("searching for {text}"),
        Effect::ViewAs(_, kind) => format!("decoding it as {}", kind.name()),
        Effect::Pipe(_, command) => format!("running {command}"),
        Effect::PlotValue { path, .. } => format!("plotting {path}"),
        _ => return None,
    })
}

/// Does one of these.
pub fn slow_work(effect: Effect, store: &Store, limits: &Limits, progress: &Progress) -> Vec<Done> {
    match effect {
        Effect::Compare(title, first, second) => {
            vec![Done::Sheet(difference_sheet(title, &first, &second, limits))]
        }
        Effect::Mend(message, reader) => mend(store, *message, reader, limits),
        Effect::Find(text) => {
            let until = store.range().end;
            let found = match TextSearch::new(&text) {
                Some(search) => store.find(&search, progress),
                None => Some(vec![]),
            };
            let found = found.map(|found| Done::Told(Msg::Found(found, until)));
            found.into_iter().collect()
        }
        Effect::ViewAs(shown, kind) => payloads::view_as(*shown, kind, limits),
        Effect::Pipe(shown, command) => payloads::pipe(*shown, &command, limits, progress),
        Effect::PlotValue { path, subject, seqs } => {
            payloads::plot_value(store, (&subject, &seqs), &path, limits, progress)
        }
        _ => vec![],
    }
}

fn mend(store: &Store, stored: StoredMessage, reader: &str, limits: &Limits) -> Vec<Done> {
    let Some(reader) = READERS.iter().find(|row| row.name == reader) else {
        return vec![];
    };
    // It may have been evicted while it was on screen.
    let known = store.examine(stored.seq);
    let decoded = known.map_or_else(|| examined(&stored, limits), |known| Arc::clone(&known.decoded));
    let mut new_id = || uuid::Uuid::new_v4().to_string();
    let mended = match mend_for(&decoded, reader, limits, Some(stored.at_us), &mut new_id) {
        Ok(mended) => mended,
        Err(why) => return vec![Done::Told(Msg::Notice(Severity::Error, why))],
    };
    let title = format!("#{} rewritten for {}", stored.seq, reader.title);
    let sheet = mended_sheet(title.clone(), reader.title, &stored.payload, &mended);
    let stored = StoredMessage {
        payload: mended.raw,
        ..stored
    };
    let decoded = examined(&stored, limits);
    let opened = Opened { stored, decoded };
    vec![
        Done::Told(Msg::Mended(title, Box::new(opened))),
        Done::Sheet(sheet),
    ]
}

fn examined(stored: &StoredMessage, limits: &Limits) -> Arc<DecodedMessage> {
    examine_received(stored, Sequence::default(), None, limits).decoded
}
