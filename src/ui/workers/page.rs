//! Messages and conversations saved as pages, and how that went in a sentence.

use super::composing::at_home;
use super::done::Done;
use bytes::Bytes;
use natsbridge_app::{
    Action, Msg, Origin, OverlayMsg, PageContent, PageMessage, Progress, conversation_page, count,
    messages_page, size,
};
use natsbridge_engine::{Sequence, Store, StoredMessage, TapeSelection, clock, examine_received, save_new};
use natsbridge_wire::{Depth, READERS, Severity, Steps};
use std::path::Path;
use std::sync::Arc;

/// Messages that a page shows at the most; a browser has to hold them all.
const MOST: usize = 500;

/// Saves a new page; tells nothing if that was given up.
pub fn save(store: &Store, path: &Path, content: &PageContent, progress: &Progress) -> Vec<Done> {
    let page = match content {
        PageContent::Messages(selection) => of_messages(store, selection, progress),
        PageContent::Conversations(views) => {
            let mut known = |seq| {
                let stored = store.message(seq).filter(|_| !progress.is_cancelled())?;
                Some(shown(store, stored))
            };
            let page = conversation_page(views, clock::now_us(), &mut known);
            (!progress.is_cancelled()).then_some(page)
        }
    };
    let Some(page) = page else {
        return vec![];
    };
    let (bytes, place) = (page.len(), path.display());
    let message = match save_new(&at_home(path), &Bytes::from(page).into()) {
        Ok(()) => {
            let text = format!("Saved a page for any browser ({}) to {place}.", size(bytes));
            Msg::Outcome(Origin::Action(Action::SaveTape), Severity::Note, text)
        }
        Err(error) => {
            let why = format!("Cannot save to {place}: {error}.");
            Msg::Overlay(OverlayMsg::Refused(place.to_string(), why))
        }
    };
    vec![Done::Told(message)]
}

/// The page of the last of these messages; `None` if it was given up.
fn of_messages(store: &Store, selection: &TapeSelection, progress: &Progress) -> Option<String> {
    let (all, from) = (selection.len(), selection.len().saturating_sub(MOST));
    let mut messages = Vec::new();
    for at in from..all {
        if !progress.step((at - from) as u64, (all - from) as u64) {
            return None;
        }
        let (_, stored) = selection.message(at, store);
        messages.extend(stored.map(|stored| shown(store, stored)));
    }
    let left_out = match all - messages.len() {
        0 => String::new(),
        left => format!("{} earlier messages are not shown.", count(left)),
    };
    Some(messages_page(&messages, &left_out, clock::now_us()))
}

fn shown(store: &Store, stored: StoredMessage) -> PageMessage {
    let known = store.examine_whole(stored.seq);
    // A marked message may have been evicted.
    let known = known.unwrap_or_else(|| {
        let alone = Sequence::default();
        examine_received(&stored, alone, None, Depth::Whole, store.limits()).into()
    });
    PageMessage {
        stored,
        readers: match known.decoded.envelope {
            Some(_) => known.readers(READERS),
            None => vec![],
        },
        decoded: Arc::clone(&known.decoded),
    }
}
