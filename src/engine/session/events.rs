//! Messages between the workbench and a session: commands down, events up. NATS messages are not among them: they are
//! in the store.

use super::subscriptions::{SubscriptionId, SubscriptionView};
use crate::connect::{ConnectOptions, ConnectionState};
use crate::jobs::{JobId, JobReport, Responder, ResponderId, ResponderView, SendJob};
use crate::streams::{HistoryRequest, StreamsView};
use crate::tape::RecordingView;
use natsbridge_wire::{Blob, Severity};
use std::path::PathBuf;

/// Down: from the workbench to the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Adds a subscription.
    Subscribe(String),
    /// Pauses or resumes one.
    Pause(SubscriptionId, bool),
    /// Removes one.
    Remove(SubscriptionId),
    /// Lists the streams of the broker.
    ListStreams,
    /// Loads messages of a stream into the store.
    LoadHistory(HistoryRequest),
    /// Follows a stream live from that point on.
    FollowStream(HistoryRequest),
    /// Follows that stream no longer.
    StopStream(String),
    /// Starts a send; progress arrives as [`Event::Job`].
    Send(Box<SendJob>),
    /// Cancels a send; messages not sent yet stay here.
    CancelSend(JobId),
    /// Arms an automatic answer.
    Arm(Box<Responder>),
    /// Disarms it.
    Disarm(ResponderId),
    /// Records everything that comes from now on to a new file.
    Record(PathBuf),
    /// Ends the recording.
    StopRecording,
    /// Saves the content of a link with the recording, if there is one.
    KeepLink(String, Blob),
    /// Switches to another broker or other credentials.
    Switch(Box<ConnectOptions>),
    /// Reconnects now.
    Reconnect,
    /// Flushes and ends.
    Quit,
}

/// Up: from the session to the workbench. Messages are not sent: they are in the store.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The connection changed its state.
    Connection(ConnectionState),
    /// The list of subscriptions changed.
    Subscriptions(Vec<SubscriptionView>),
    /// The list of streams changed.
    Streams(StreamsView),
    /// The store has new rows or digests (at most one such event waits at a time).
    Store,
    /// A send made progress.
    Job(JobReport),
    /// The list of armed responders changed.
    Responders(Vec<ResponderView>),
    /// A recording got further, or ended.
    Recording(RecordingView),
    /// Something the user should read (permission denied, slow consumer, gap …), with its severity.
    Notice(Severity, String),
    /// The session has ended.
    Ended,
}
