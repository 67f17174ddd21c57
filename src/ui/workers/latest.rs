//! A worker that does one request at a time; of those that wait, only the latest is done.

use super::done::{Done, Results};
use std::sync::{Arc, Mutex, PoisonError};

/// The worker; what it does is handed to it.
pub struct Latest<R> {
    slot: Arc<Mutex<Slot<R>>>,
    work: Arc<Work<R>>,
    results: Results,
}

struct Work<R> {
    run: Box<dyn Fn(R) -> Done + Send + Sync>,
    /// What is told when that panicked.
    failed: fn(R) -> Vec<Done>,
}

struct Slot<R> {
    waiting: Option<R>,
    busy: bool,
}

impl<R> Slot<R> {
    /// The request to do next; without one it is idle from now on.
    fn next(&mut self) -> Option<R> {
        let next = self.waiting.take();
        self.busy = next.is_some();
        next
    }
}

impl<R: Clone + Send + 'static> Latest<R> {
    /// A worker with nothing to do.
    pub fn new(
        results: Results,
        run: impl Fn(R) -> Done + Send + Sync + 'static,
        failed: fn(R) -> Vec<Done>,
    ) -> Self {
        let slot = Slot {
            waiting: None,
            busy: false,
        };
        Self {
            slot: Arc::new(Mutex::new(slot)),
            work: Arc::new(Work {
                run: Box::new(run),
                failed,
            }),
            results,
        }
    }

    /// Does a request once the current one is done; a later one replaces it.
    pub fn ask(&self, request: R) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.waiting = Some(request);
        if std::mem::replace(&mut slot.busy, true) {
            return;
        }
        let (slot, work, results) = (self.slot.clone(), self.work.clone(), self.results.clone());
        tokio::spawn(async move {
            let next = || slot.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some(request) = next() {
                let (again, running) = (request.clone(), Arc::clone(&work));
                let done = tokio::task::spawn_blocking(move || (running.run)(request)).await;
                let done = done.map_or_else(|_| (work.failed)(again), |done| vec![done]);
                results.hand_in(done).await;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_app::{InspectorMsg, Msg};
    use std::sync::mpsc as gate;
    use tokio::sync::mpsc;

    fn gone(seq: u64) -> Done {
        Done::Told(Msg::Inspector(InspectorMsg::Gone(seq)))
    }

    async fn told(results: &mut mpsc::Receiver<Done>) -> Option<u64> {
        match results.recv().await {
            Some(Done::Told(Msg::Inspector(InspectorMsg::Gone(seq)))) => Some(seq),
            _ => None,
        }
    }

    #[tokio::test]
    async fn of_those_that_wait_only_the_latest_is_done() {
        let (results, mut done) = mpsc::channel(9);
        let (open, gate) = gate::channel::<()>();
        let gate = Mutex::new(gate);
        let run = move |seq: u64| {
            gate.lock().unwrap().recv().ok();
            assert!(seq != 13, "a request that fails");
            gone(seq)
        };
        let worker = Latest::new(Results(results), run, |seq| vec![gone(seq + 100)]);
        for seq in 1..=4 {
            worker.ask(seq);
            tokio::task::yield_now().await;
        }
        drop(open);
        assert_eq!(told(&mut done).await, Some(1));
        assert_eq!(told(&mut done).await, Some(4));
        worker.ask(13);
        assert_eq!(told(&mut done).await, Some(113));
        worker.ask(5);
        assert_eq!(told(&mut done).await, Some(5), "it goes on after a failure");
    }
}
