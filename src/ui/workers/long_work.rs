//! Work that may take long and can be given up: which they are, what the footer says of them, and doing them.

use super::done::Done;
use super::page;
use super::payloads;
use super::tape;
use crate::preview::{difference_sheet, mended_sheet};
use natsbridge_app::{LongWork, MessagesMsg, Msg, Opened, OverlayMsg, Progress, count};
use natsbridge_engine::{
    Examination, Sequence, Store, StoredMessage, TextSearch, clock, counted, examine_received,
};
use natsbridge_wire::{Depth, Limits, READERS, Severity, rewrite_for};
use std::sync::Arc;

/// What is being done, as the footer says it.
pub fn doing(work: &LongWork) -> String {
    match work {
        LongWork::Compare(..) => "comparing".to_owned(),
        LongWork::Mend(_, reader) => format!("rewriting it for {reader}"),
        LongWork::Find(text) => format!("searching for {text}"),
        LongWork::ViewAs(_, kind) => format!("decoding it as {}", kind.name()),
        LongWork::Pipe(_, command) => format!("running {command}"),
        LongWork::PlotValue { path, .. } => format!("plotting {path}"),
        LongWork::SaveTape { messages, .. } => format!("saving {}", counted(messages.len(), "message")),
        LongWork::SavePage(path, _) => format!("writing {}", path.display()),
    }
}

/// Does one of these.
pub fn long_work(work: LongWork, store: &Store, limits: &Limits, progress: &Progress) -> Vec<Done> {
    match work {
        LongWork::Compare(title, first, second) => {
            vec![Done::Sheet(difference_sheet(title, &first, &second, limits))]
        }
        LongWork::Mend(message, reader) => mend(store, *message, reader, limits),
        LongWork::Find(text) => {
            let until = store.range().end;
            let found = match TextSearch::new(&text) {
                Some(search) => store.find(&search, progress),
                None => Some(vec![]),
            };
            let told = |found: Vec<u64>| {
                let found = found.into_iter().collect();
                Done::Told(Msg::Messages(MessagesMsg::Found(text, found, until)))
            };
            found.map(told).into_iter().collect()
        }
        LongWork::ViewAs(shown, kind) => payloads::view_as(*shown, kind, limits),
        LongWork::Pipe(shown, command) => payloads::pipe(*shown, &command, limits, progress),
        LongWork::PlotValue { path, subject, seqs } => {
            payloads::plot_value(store, (&subject, &seqs), &path, limits, progress)
        }
        LongWork::SaveTape {
            path,
            messages,
            origin,
        } => tape::save(store, &path, &messages, &origin, progress),
        LongWork::SavePage(path, content) => page::save(store, &path, &content, progress),
    }
}

fn mend(store: &Store, stored: StoredMessage, reader: &str, limits: &Limits) -> Vec<Done> {
    let Some(reader) = READERS.iter().find(|row| row.name == reader) else {
        return vec![];
    };
    // It may have been evicted while it was on screen.
    let known = store.examine(stored.seq);
    let known = known.unwrap_or_else(|| Arc::new(examined(&stored, limits)));
    let mut new_id = || clock::random_uuid().to_string();
    let mended = match rewrite_for(&known.decoded, reader, limits, Some(stored.at_us), &mut new_id) {
        Ok(mended) => mended,
        Err(why) => return vec![Done::notice(Severity::Error, why.to_string())],
    };
    let title = format!("no. {} rewritten for {}", count(stored.seq), reader.title);
    let sheet = mended_sheet(title.clone(), reader.title, &stored.payload, &mended);
    let stored = StoredMessage {
        payload: mended.raw,
        ..stored
    };
    let examination = examined(&stored, limits);
    let opened = Opened {
        stored,
        readers: examination.readers(READERS).into(),
        decoded: examination.decoded,
        unseen: vec![],
        heavy: false,
    };
    vec![
        Done::Told(Msg::Overlay(OverlayMsg::Mended(title, Box::new(opened)))),
        Done::Sheet(sheet),
    ]
}

fn examined(stored: &StoredMessage, limits: &Limits) -> Examination {
    examine_received(stored, Sequence::default(), None, Depth::Whole, limits)
}
