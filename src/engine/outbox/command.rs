//! What can be asked of the outbox, and what it tells.

use crate::jobs::{Responder, ResponderId, ResponderView, SendId, SendJob, SendProgress};
use natsbridge_wire::Severity;

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
