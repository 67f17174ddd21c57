//! The loop that sends many messages: when each is begun, how many are on their way at once, and what ends it early.
//! What is sent, and what is told of it, is up to whoever sends.

use super::turns::turns;
use futures_util::StreamExt;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::unconstrained;
use tokio::time::sleep;

/// How messages are sent one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// How many.
    pub count: u64,
    /// Time between two of them; `None` begins the next as soon as there is room.
    pub every: Option<Duration>,
    /// How many may be on their way at once.
    pub at_once: usize,
    /// Whether they are reported in their order, rather than each as soon as it is sent.
    pub in_order: bool,
    /// How long those on their way are waited for once no more are begun.
    pub grace: Duration,
}

/// Ends a run early; clones end the same one.
#[derive(Debug, Clone, Default)]
pub struct RunControl(watch::Sender<RunState>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum RunState {
    #[default]
    Going,
    Stopped,
    Cancelled,
}

impl RunControl {
    /// Begins no further message; those on their way go on.
    pub fn stop(&self) {
        self.reach(RunState::Stopped);
    }

    /// Waits for no answer any more, either.
    pub(crate) fn cancel(&self) {
        self.reach(RunState::Cancelled);
    }

    /// Waits until no further message is to be begun.
    pub(super) async fn stopped(&self) {
        self.reached(RunState::Stopped).await;
    }

    /// Waits until no answer is waited for any more.
    pub(super) async fn cancelled(&self) {
        self.reached(RunState::Cancelled).await;
    }

    fn reach(&self, state: RunState) {
        self.0.send_modify(|now| *now = state.max(*now));
    }

    async fn reached(&self, state: RunState) {
        // There is a sender as long as this is here.
        self.0.subscribe().wait_for(|now| *now >= state).await.ok();
    }
}

impl Run {
    /// Has each message made when its time has come, one after the other, so that none overtakes another; then sent
    /// beside those before it. What was sent is told to `report`. Gives the first failure, of sending or of reporting,
    /// which stops the run as `control` does.
    pub async fn send<M, Making, T, Sending, E>(
        self,
        control: &RunControl,
        make: impl FnMut(u64) -> Making,
        send: impl FnMut(M) -> Sending,
        mut report: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E>
    where
        Making: Future<Output = M>,
        Sending: Future<Output = Result<T, E>>,
    {
        let turns = turns(self.count, self.every, control.stopped());
        let sending = turns.then(make).map(send);
        let mut sending = pin!(if self.in_order {
            sending.buffered(self.at_once).left_stream()
        } else {
            sending.buffer_unordered(self.at_once).right_stream()
        });
        let mut overdue = pin!(async {
            control.stopped().await;
            sleep(self.grace).await;
        });
        let mut failed = None;
        loop {
            // Out of its budget, the runtime would wake those that are to send in the reverse order.
            let outcome = tokio::select! {
                outcome = unconstrained(sending.next()) => outcome,
                () = &mut overdue => None,
            };
            match outcome.map(|outcome| outcome.and_then(&mut report)) {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    control.stop();
                    failed.get_or_insert(error);
                }
                None => return failed.map_or(Ok(()), Err),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    const RUN: Run = Run {
        count: 9,
        every: None,
        at_once: 3,
        in_order: true,
        grace: Duration::MAX,
    };

    #[tokio::test]
    async fn a_failure_begins_no_further_message_and_those_on_their_way_are_reported() {
        let mut reported = Vec::new();
        let send = async |number: u64| {
            tokio::task::yield_now().await;
            if number == 2 { Err("no") } else { Ok(number) }
        };
        let control = RunControl::default();
        let ended = RUN.send(&control, ready, send, |number| {
            reported.push(number);
            Ok(())
        });
        assert_eq!(ended.await, Err("no"));
        assert!(reported == [1, 3] || reported == [1, 3, 4], "{reported:?}");
    }

    #[tokio::test]
    async fn what_is_stopped_waits_for_its_grace_only() {
        let run = Run {
            grace: Duration::from_millis(1),
            ..RUN
        };
        let control = RunControl::default();
        let never = |_: u64| {
            control.stop();
            std::future::pending::<Result<(), ()>>()
        };
        assert_eq!(run.send(&control, ready, never, Ok).await, Ok(()));
    }
}
