//! What can be asked of the outbox, and what it tells.

use crate::jobs::{Responder, ResponderId, ResponderView, SendId, SendJob, SendProgress};
use futures_util::future::BoxFuture;
use natsbridge_wire::Severity;
use std::sync::Arc;

/// What can be asked of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxCommand {
    /// Starts a send; progress arrives as [`OutboxNews::Job`].
    Send(Box<SendJob>),
    /// Cancels a send; messages not sent yet stay here.
    Cancel(SendId),
    /// Arms an automatic answer.
    Arm(Box<Responder>),
    /// Disarms it.
    Disarm(ResponderId),
}

/// What the outbox tells.
#[derive(Debug, Clone, PartialEq)]
pub enum OutboxNews {
    /// A send made progress.
    Job(SendProgress),
    /// The list of armed responders changed.
    Responders(Vec<ResponderView>),
    /// Something the user should read, with its severity.
    Notice(Severity, String),
}

/// Who is told; the outbox waits until it has been.
pub(crate) type Listener = Arc<dyn Fn(OutboxNews) -> BoxFuture<'static, ()> + Send + Sync>;
