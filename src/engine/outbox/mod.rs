//! Messages on their way to the broker.

mod outbox;

pub(crate) use outbox::Outbox;
