//! Reports our own sends to the timeline: how requests ended, and how long uploads took. Nobody else knows that.

use crate::clock;
use crate::http::Progress;
use crate::store::Store;
use crate::timeline::{Direction, LinkTransfer, RequestOutcome};
use std::sync::Arc;

/// Where to report; clones share it.
#[derive(Clone)]
pub(crate) struct TimelineReporter {
    store: Store,
    changed: Arc<dyn Fn() + Send + Sync>,
}

impl TimelineReporter {
    /// Reports to the timeline of that store; `changed` is called whenever there is something new to show.
    pub(crate) fn new(store: Store, changed: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            store,
            changed: Arc::new(changed),
        }
    }

    /// A request ended.
    pub(super) fn ended(&self, msg_id: &str, outcome: RequestOutcome) {
        self.store.timeline(|timeline| timeline.ended(msg_id, outcome));
        (self.changed)();
    }

    /// The links of a message, if it has any, were uploaded since then (microseconds since the Unix epoch).
    pub(super) fn uploaded(&self, msg_id: &str, from_us: i64, progress: &Progress) {
        let Some(bytes) = progress.total() else { return };
        let span = LinkTransfer {
            direction: Direction::Upload,
            from_us,
            to_us: clock::now_us(),
            bytes,
        };
        self.store.timeline(|timeline| timeline.transfer(msg_id, span));
        (self.changed)();
    }
}
