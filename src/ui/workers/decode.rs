//! A message for the inspector: examined, with its views.

use super::done::MessageViews;
use super::downloads::Downloads;
use crate::preview::{build_views, envelope_view};
use jiff::tz::TimeZone;
use natsbridge_app::Opened;
use natsbridge_engine::Store;
use natsbridge_wire::{Limits, READERS};
use std::sync::Arc;

/// Has a stored message examined, including links already fetched, and builds its views; `None` if it is no longer stored.
pub fn open(
    store: &Store,
    seq: u64,
    limits: &Limits,
    zone: &TimeZone,
    downloads: &Downloads,
) -> Option<MessageViews> {
    let stored = store.message(seq)?;
    store.know_links(Arc::new(downloads.clone()));
    let examination = store.examine(seq)?;
    let decoded = Arc::clone(&examination.decoded);
    let views = build_views(&decoded, limits, &|url| downloads.took(url));
    let envelope = Box::new(envelope_view(&decoded, &stored, zone));
    Some(MessageViews {
        opened: Opened {
            stored,
            readers: examination.readers(READERS).into(),
            decoded,
        },
        views,
        envelope,
    })
}
