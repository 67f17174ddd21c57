//! All I/O and all books: connection, store, subjects, bridge, session. What a Rust program uses without a screen.

mod address;
mod backoff;
mod books;
mod bridge;
mod client;
mod connect_error;
mod connection;
mod counters;
mod credentials;
mod draft;
mod events;
mod ingest;
mod interner;
mod ledger;
mod link;
mod messages;
mod options;
mod pattern;
mod probe;
mod receive;
mod row;
mod rows;
mod save;
mod segment;
mod send;
mod session;
mod state;
mod store;
mod subjects;
mod subscription;
mod supervisor;
mod wake;

pub use bridge::{
    BridgeError, FileServer, Handled, LinkFetcher, Payloads, ReceiveOptions, Received, SendOptions, Sent,
    Uploaded,
};
pub use connect_error::ConnectError;
pub use connection::{Connection, ConnectionError, Outgoing, grouped};
pub use counters::Counters;
pub use credentials::Credentials;
pub use events::{Command, Event};
pub use messages::Messages;
pub use options::ConnectOptions;
pub use pattern::{check_pattern, check_subject, subject_matches};
pub use receive::smartreceive;
pub use row::{Row, RowDigest, StoredMessage};
pub use save::{safe_file_name, save_new, save_payload};
pub use send::{Bridge, smartsend};
pub use session::{Session, SessionOptions};
pub use state::{ConnectionState, ServerFacts};
pub use store::{Incoming, Store};
pub use subjects::{SubjectId, SubjectStats};
pub use subscription::{SubscriptionId, SubscriptionView};
