//! The session: one task that owns the connection and the subscriptions, feeds the store and keeps both alive.

mod client;
mod events;
mod ingest;
mod live;
mod loaded_ranges;
mod loss_ledger;
mod on_tape;
mod outage;
mod recorder;
mod reporter;
mod session;
mod stream_task;
mod subscriptions;
mod supervisor;
mod wakers;

pub use events::{Command, ConnectionCommand, Event, RecordingCommand, StreamCommand, SubscriptionCommand};
pub use session::{Session, SessionOptions};
pub use subscriptions::{SubscriptionId, SubscriptionView};
