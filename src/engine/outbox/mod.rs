//! Messages on their way to the broker.

mod command;
mod outbox;

pub(crate) use outbox::Outbox;

pub use command::{OutboxCommand, OutboxNews};
