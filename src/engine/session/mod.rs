//! The session: one task that owns the connection and the subscriptions, feeds the store and keeps both alive.

mod events;
mod live;
mod loaded_ranges;
mod on_tape;
mod options;
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
mod to_tape;
mod tries;
mod wakers;

pub use events::{Command, ConnectionCommand, Event, OutboxCommand, RecordingCommand, StreamCommand};
pub use options::SessionOptions;
pub use session::Session;
pub use subscriptions::{SubscriptionCommand, SubscriptionId, SubscriptionView};
pub use to_tape::{SavedTape, TapeSelection, save_tape};
