//! The tasks beside a session's own, one for streams and one for what is sent, as long as they run. The session sees
//! none of their traffic.

use super::events::{Event, OutboxCommand, StreamCommand};
use super::outbox::Outbox;
use super::side_task::{Order, SideTask};
use super::stream_task;
use super::wakers::StoreNotifier;
use crate::bridge::SendOptions;
use crate::connect::ConnectOptions;
use crate::connection::TrafficMark;
use crate::jobs::TimelineReporter;
use crate::store::Store;
use natsbridge_wire::Limits;
use tokio::sync::mpsc;

/// The tasks; none before they are started.
#[derive(Debug, Default)]
pub(super) struct SideTasks {
    streams: Option<SideTask<StreamCommand>>,
    outbox: Option<Outbox>,
}

/// A task has too much to do to take another command; the sentence says which.
pub(super) type Busy = &'static str;

impl SideTasks {
    /// Starts both; what is of `own` making is ignored by the session.
    pub(super) fn start(
        options: &ConnectOptions,
        sending: SendOptions,
        own: TrafficMark,
        (store, wake): (&Store, &StoreNotifier),
        events: &mpsc::Sender<Event>,
    ) -> Self {
        let to_wake = wake.clone();
        let chronicle = TimelineReporter::new(store.clone(), move || to_wake.changed());
        let streams = stream_task::start(options.clone(), own, store.clone(), wake.clone(), events.clone());
        let outbox = Outbox::start(options.clone(), sending, chronicle, events.clone());
        Self {
            streams: Some(streams),
            outbox: Some(outbox),
        }
    }

    /// For the task that reads streams.
    pub(super) fn streams(&self, order: Order<StreamCommand>) -> Result<(), Busy> {
        let given = self.streams.as_ref().is_some_and(|task| task.give(order));
        given
            .then_some(())
            .ok_or("Too many stream requests at once; try again.")
    }

    /// For the task that sends.
    pub(super) fn outbox(&self, order: Order<OutboxCommand>) -> Result<(), Busy> {
        let given = self.outbox.as_ref().is_some_and(|outbox| outbox.task.give(order));
        given
            .then_some(())
            .ok_or("Too many send requests at once; nothing was sent. Try again.")
    }

    /// Tells whether the session is connected.
    pub(super) fn stands(&self, stands: bool) {
        if let Some(outbox) = &self.outbox {
            outbox.stands(stands);
        }
    }

    /// Tells that the broker takes other messages from now on.
    pub(super) fn takes_others(&self) {
        if let Some(outbox) = &self.outbox {
            outbox.takes_others();
        }
    }

    /// Ends them, starting with what is still to be sent while it can be observed.
    pub(super) async fn end(&mut self, limits: &Limits) {
        if let Some(outbox) = self.outbox.take() {
            outbox.end(limits.quit_time).await;
        }
        if let Some(streams) = self.streams.take() {
            streams.end(limits.flush_time).await;
        }
    }
}
