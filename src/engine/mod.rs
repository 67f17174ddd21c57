//! All I/O and all books: connection, store, subjects, bridge, session. What a Rust program uses without a screen.

mod books;
mod bridge;
mod connection;
mod counters;
mod interner;
mod row;
mod rows;
mod segment;
mod session;
mod store;
mod subjects;
mod subscription;

pub use bridge::{
    Bridge, BridgeError, FileServer, Handled, LinkFetcher, Payloads, ReceiveOptions, Received, SendOptions,
    Sent, Uploaded, smartreceive, smartsend,
};
pub use connection::{ConnectError, ConnectOptions, Connection, ConnectionState, Credentials, ServerFacts};
pub use counters::Counters;
pub use row::{Row, RowDigest, StoredMessage};
pub use session::{Command, Event, Session, SessionOptions};
pub use store::{Incoming, Store};
pub use subjects::{SubjectId, SubjectStats};
pub use subscription::{SubscriptionId, SubscriptionView};
