//! A message for the inspector: examined, with its views.

use super::done::MessageViews;
use crate::preview::{build_views, envelope_view};
use jiff::tz::TimeZone;
use natsbridge_app::Opened;
use natsbridge_engine::{Fetcher, Store};
use natsbridge_wire::{Limits, READERS};
use std::sync::Arc;

/// Has a stored message examined, including links already fetched, and builds its views: of that payload first, and of others
/// if that takes little memory. `None` if it is no longer stored.
pub fn open(
    store: &Store,
    (seq, payload): (u64, usize),
    limits: &Limits,
    zone: &TimeZone,
    fetcher: &Fetcher,
) -> Option<MessageViews> {
    let stored = store.message(seq)?;
    store.know_links(Arc::new(fetcher.clone()));
    let examination = store.look(seq, payload)?;
    let decoded = Arc::clone(&examination.decoded);
    let took = |url: &str| {
        // What a tape had kept was not downloaded.
        let fetched = fetcher.cached(url).filter(|fetched| fetched.tries > 0)?;
        Some(fetched.took)
    };
    let views = build_views(&decoded, payload, limits, &took);
    let envelope = Box::new(envelope_view(&decoded, &stored, zone));
    Some(MessageViews {
        opened: Opened {
            stored,
            readers: examination.readers(READERS).into(),
            decoded,
            unseen: views.unseen(),
            heavy: examination.memory > limits.view_memory,
        },
        views,
        envelope,
    })
}
