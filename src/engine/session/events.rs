//! Messages between the workbench and a session: commands down, events up. NATS messages are not among them: they are
//! in the store.

use super::subscriptions::{SubscriptionCommand, SubscriptionView};
use crate::connect::{ConnectOptions, ConnectionState};
use crate::jobs::{Responder, ResponderId, ResponderView, SendId, SendJob, SendProgress};
use crate::streams::{HistoryRequest, StreamsView};
use crate::tape::RecordingView;
use natsbridge_wire::{Blob, Severity};
use std::path::PathBuf;

/// Down: from the workbench to the session; each of its tasks gets its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// For the subscriptions.
    Subscriptions(SubscriptionCommand),
    /// For the streams of the broker.
    Streams(StreamCommand),
    /// For what is sent and answered.
    Outbox(OutboxCommand),
    /// For the recording.
    Recording(RecordingCommand),
    /// For the connection.
    Connection(ConnectionCommand),
    /// Flushes and ends.
    Quit,
}

/// What can be asked about the streams of the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamCommand {
    /// Lists them.
    List,
    /// Loads messages of one into the store.
    Load(HistoryRequest),
    /// Follows one live from that point on.
    Follow(HistoryRequest),
    /// Follows that one no longer.
    Stop(String),
}

/// What can be sent and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxCommand {
    /// Starts a send; progress arrives as [`Event::Job`].
    Send(Box<SendJob>),
    /// Cancels a send; messages not sent yet stay here.
    Cancel(SendId),
    /// Arms an automatic answer.
    Arm(Box<Responder>),
    /// Disarms it.
    Disarm(ResponderId),
}

/// What can be asked of the recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingCommand {
    /// Records everything that comes from now on to a new file.
    Start(PathBuf),
    /// Ends the recording.
    Stop,
    /// Saves the content of a link with the recording, if there is one.
    KeepLink(String, Blob),
}

/// What can be asked of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionCommand {
    /// Switches to another broker or other credentials.
    Switch(Box<ConnectOptions>),
    /// Reconnects now.
    Reconnect,
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
    Job(SendProgress),
    /// The list of armed responders changed.
    Responders(Vec<ResponderView>),
    /// A recording got further, or ended.
    Recording(RecordingView),
    /// Something the user should read (permission denied, slow consumer, gap …), with its severity.
    Notice(Severity, String),
    /// The session has ended.
    Ended,
}
