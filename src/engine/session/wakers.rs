//! Wakes the tasks that process the store after ingest: the digest worker, the examiner and the screen.

use super::events::Event;
use crate::clock;
use crate::store::Store;
use std::sync::Arc;
use std::sync::mpsc as threads;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

/// Rows digested before the screen is notified.
const DIGESTS: usize = 2048;

/// The longest pause of the examiner.
const MOST_REST: Duration = Duration::from_secs(1);

/// Says that the store changed; never waits.
#[derive(Debug, Clone)]
pub(super) struct StoreNotifier {
    /// `None` if nobody lists the messages.
    digest: Option<threads::SyncSender<()>>,
    screen: Arc<Notify>,
}

/// The tasks that are woken.
#[derive(Debug)]
pub(super) struct StoreTasks {
    digest: Option<JoinHandle<()>>,
    screen: JoinHandle<()>,
}

impl StoreNotifier {
    /// Starts all of them. The screen hears of changes at most once per `frame`, and not while an event still waits for it.
    pub(super) fn start(store: Store, events: mpsc::Sender<Event>, frame: Duration) -> (Self, StoreTasks) {
        // One token: it means "check again", so a second adds nothing.
        let (digest, work) = threads::sync_channel(1);
        let (mut wake, mut woken) = Self::start_feed(events, frame);
        let (examined, examines) = (wake.screen.clone(), store.clone());
        tokio::task::spawn_blocking(move || examine_all(&examines, &examined));
        let digested = wake.screen.clone();
        woken.digest = Some(tokio::task::spawn_blocking(move || {
            let store = Examined(store);
            while work.recv().is_ok() {
                let now_us = clock::now_us();
                store.0.timeline(|timeline| timeline.tell_time(now_us));
                while store.0.digest_pending(DIGESTS) > 0 {
                    digested.notify_one();
                }
            }
        }));
        wake.digest = Some(digest);
        (wake, woken)
    }

    /// For somebody who takes the messages as they are: nothing is digested or examined.
    pub(super) fn start_feed(events: mpsc::Sender<Event>, frame: Duration) -> (Self, StoreTasks) {
        let screen = Arc::new(Notify::new());
        let wake = Self {
            digest: None,
            screen: screen.clone(),
        };
        let woken = StoreTasks {
            digest: None,
            screen: tokio::spawn(async move {
                loop {
                    screen.notified().await;
                    while events.capacity() < events.max_capacity() && !events.is_closed() {
                        tokio::time::sleep(frame).await;
                    }
                    if events.send(Event::Store).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(frame).await;
                }
            }),
        };
        (wake, woken)
    }

    /// New rows came in.
    pub(super) fn stored(&self) {
        if let Some(digest) = &self.digest {
            digest.try_send(()).ok();
        }
        self.screen.notify_one();
    }

    /// Something else changed, such as a counter.
    pub(super) fn changed(&self) {
        self.screen.notify_one();
    }
}

/// A store whose examiner goes home when this goes.
struct Examined(Store);

impl Drop for Examined {
    fn drop(&mut self) {
        self.0.needs().end();
    }
}

/// Examines messages as they are needed, until no more will come. It rests half of the time, so that messages that take long
/// keep no core busy.
fn examine_all(store: &Store, examined: &Notify) {
    let needs = store.needs();
    while needs.wait() {
        loop {
            let start = clock::instant();
            if store.examine_pending() == 0 {
                break;
            }
            examined.notify_one();
            if !needs.rest(start.elapsed().min(MOST_REST)) {
                return;
            }
        }
    }
}

impl StoreTasks {
    /// Waits until all that came in is digested (every [`StoreNotifier`] must be gone), at most `within`.
    pub(super) async fn finish(self, within: Duration) {
        if let Some(digest) = self.digest {
            tokio::time::timeout(within, digest).await.ok();
        }
        self.screen.abort();
    }
}
