//! What the timeline is told of our own sendings: how requests ended, and how long uploads took. Nobody else knows that.

use crate::engine::progress::Progress;
use crate::engine::request::RequestOutcome;
use crate::engine::store::Store;
use crate::engine::timeline::{Direction, TransferSpan};
use crate::engine::wake::Wake;

/// Where it is told; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Chronicle {
    store: Store,
    wake: Wake,
}

impl Chronicle {
    /// Tells the timeline of that store.
    pub(crate) fn new(store: Store, wake: Wake) -> Self {
        Self { store, wake }
    }

    /// A request ended.
    pub(super) fn ended(&self, msg_id: &str, outcome: RequestOutcome) {
        self.store.timeline(|timeline| timeline.ended(msg_id, outcome));
        self.wake.changed();
    }

    /// The links of a message were uploaded since then (microseconds since the Unix epoch), if it has any.
    pub(super) fn uploaded(&self, msg_id: &str, from_us: i64, progress: &Progress) {
        let Some(bytes) = progress.total() else { return };
        let span = TransferSpan {
            direction: Direction::Upload,
            from_us,
            to_us: jiff::Timestamp::now().as_microsecond(),
            bytes,
        };
        self.store.timeline(|timeline| timeline.transfer(msg_id, span));
        self.wake.changed();
    }
}
