//! All I/O and all books: connection, store, subjects, bridge, session. What a Rust program uses without a screen.

mod address;
mod backoff;
mod books;
mod bridge;
mod bridge_error;
mod bulletin;
mod causes;
mod certificate;
mod checkup;
mod client;
mod client_thread;
mod composition;
mod conformance;
mod connect_error;
mod connection;
mod contexts;
mod counters;
mod credentials;
mod delivery;
mod desk;
mod draft;
mod events;
mod failure;
mod fetch;
mod filter;
mod gaps;
mod grouped;
mod held;
mod http;
mod identity;
mod incoming;
mod ingest;
mod interner;
mod jobs;
mod ledger;
mod link;
mod loss;
mod mend;
mod messages;
mod options;
mod outbox;
mod outcome;
mod overheard;
mod own;
mod pattern;
mod probe;
mod progress;
mod receive;
mod recorder;
mod relay;
mod request;
mod retry;
mod row;
mod rows;
mod save;
mod secret;
mod segment;
mod send;
mod sentence;
mod servers;
mod session;
mod state;
mod store;
mod stored_file;
mod streams;
mod subjects;
mod subscription;
mod supervisor;
mod tape;
mod tape_session;
mod text_search;
mod timeline;
mod tls;
mod troubles;
mod value_series;
mod wake;

pub use bridge::{LinkFetcher, Payloads, ReceiveOptions, Received, SendOptions, Sent, TransportChoice};
pub use bridge_error::BridgeError;
pub use checkup::{AskedReaders, Checked, Examiner, Files, FilesError, SeenMessages, Specimen};
pub use composition::{
    ColumnPreview, ComposeError, Composition, CopyAs, DraftError, Fill, Issue, LoadCache, Loaded, PayloadRow,
    Place, Plan, PlannedPayload, Source, Suggestion, TablePreview, Trouble, VARIABLES, check_header,
    check_metadata, copy_as, literal, load, load_with, plan, plan_with, read_draft, suggest, write_draft,
};
pub use conformance::{Exchange, Probe, ProbeDifference, ProbeResult, ProbeVerdict};
pub use connect_error::ConnectError;
pub use connection::{Connection, ConnectionError, Outgoing};
pub use contexts::{ContextError, ContextFacts, Contexts};
pub use counters::Counters;
pub use credentials::Credentials;
pub use events::{Command, Event};
pub use fetch::{
    FetchError, FetchMode, FetchPolicy, FetchRequest, Fetched, Fetcher, Fetching, Head, LinkFacts,
    MessageLinks, Resolver, Resolving, check_allowed_host, shown_link,
};
pub use filter::{Candidate, FILTER_FIELDS, FilterFieldRow, MessageFilter, filter_table_markdown};
pub use gaps::Gap;
pub use grouped::grouped;
pub use incoming::Incoming;
pub use jobs::{
    Answer, Answered, Answerer, Asked, Composed, Given, JobId, JobReport, JobStage, RespondOptions,
    Responder, ResponderId, ResponderView, Responding, SendJob, SendMode, Skipped, filled,
};
pub use messages::Messages;
pub use options::{ConnectOptions, TlsOptions};
pub use outcome::RequestOutcome;
pub use pattern::{check_pattern, check_subject, subject_matches};
pub use progress::Progress;
pub use receive::smartreceive;
pub use request::{Request, RequestOptions};
pub use retry::Retry;
pub use row::{Row, RowDigest, StoredMessage};
pub use save::{safe_file_name, save_new, save_payload, save_through};
pub use secret::Secret;
pub use send::{Bridge, smartsend};
pub use sentence::sentence;
pub use servers::{
    FILE_SERVERS, FileServer, FileServerRow, Handled, ServerOptions, Uploaded, file_server_fn,
};
pub use session::{Session, SessionOptions};
pub use state::{ConnectionState, ServerFacts};
pub use store::Store;
pub use stored_file::file_blob;
pub use streams::{
    Acknowledged, BucketFile, Follow, History, HistoryRequest, ObjectBucket, ObjectError, ObjectFacts, Start,
    StreamError, StreamFacts, StreamsView, check_bucket,
};
pub use subjects::{SubjectId, SubjectStats};
pub use subscription::{SubscriptionId, SubscriptionView};
pub use tape::{
    NewIds, NewTape, Pace, RecordingView, Speed, SubjectMap, Tape, TapeEntry, TapeError, TapeReport,
    TapeStart,
};
pub use text_search::TextSearch;
pub use timeline::{
    Arrival, Brief, ConversationId, ConversationMessage, ConversationState, ConversationView, Direction,
    Histogram, LatencyRow, LatencyView, Mark, Marks, Part, Stamp, Timeline, TimelineCounts, TransferSpan,
};
pub use troubles::{GroupBy, TroubleGroup, TroubleRow, Troubles, troubles_csv, troubles_json, troubles_text};
pub use value_series::value_series;
