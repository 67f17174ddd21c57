//! The session: one task that owns the connection and the subscriptions, feeds the store and keeps both alive.

mod events;
mod live;
mod loaded_ranges;
mod on_tape;
mod outage;
mod outbox;
mod receiver;
mod recorder;
mod reporter;
mod session;
mod side_task;
mod side_tasks;
mod stream_task;
mod subscriptions;
mod supervisor;
mod tries;
mod wakers;

pub use events::{Command, ConnectionCommand, Event, OutboxCommand, RecordingCommand, StreamCommand};
pub use session::{Session, SessionOptions};
pub use subscriptions::{SubscriptionCommand, SubscriptionId, SubscriptionView};
