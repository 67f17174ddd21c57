//! All I/O and shared state: connection, store, subjects, bridge, session. What a Rust program uses without a screen.

mod bridge;
mod composition;
mod conformance;
mod connect;
mod connection;
mod contexts;
mod doctor;
mod fetch;
mod files;
mod filter;
mod http;
mod jobs;
mod message;
mod objects;
mod outbox;
mod servers;
mod session;
mod store;
mod streams;
mod subjects;
mod tape;
mod timeline;
mod wording;

pub use bridge::{
    Bridge, BridgeError, LinkFetcher, Payloads, ReceiveOptions, Received, Request, RequestOptions,
    SendOptions, Sent, TransportChoice, smartreceive, smartsend,
};
pub use composition::{
    ColumnPreview, ComposeError, Composition, CopyAs, DraftError, Fill, Issue, LoadCache, Loaded, PayloadRow,
    Place, Plan, PlannedPayload, Source, Suggestion, TablePreview, Trouble, VARIABLES, check_header,
    check_metadata, copy_as, literal, load, load_with, plan, plan_with, read_draft, suggest, write_draft,
};
pub use conformance::{Exchange, Probe, ProbeDifference, ProbeResult, ProbeVerdict};
pub use connect::{
    ConnectError, ConnectOptions, ConnectionState, Credentials, Secret, ServerFacts, TlsOptions,
};
pub use connection::{Connection, ConnectionError, Messages, Outgoing};
pub use contexts::{ContextError, ContextFacts, Contexts};
pub use doctor::{
    AskedReaders, Checked, Examination, Examiner, Files, FilesError, GroupBy, Ids, SeenMessages, Sequence,
    Specimen, Surroundings, TroubleGroup, TroubleRow, Troubles, UnknownReader, examine, examine_received,
    troubles_csv, troubles_json, troubles_text,
};
pub use fetch::{
    FetchError, FetchMode, FetchPolicy, FetchRequest, Fetched, Fetcher, Fetching, Head, Link, LinkFacts,
    Links, MessageLinks, Resolver, Resolving, check_allowed_host, shown_link,
};
pub use files::{file_blob, safe_file_name, save_new, save_payload, save_through};
pub use filter::{
    Candidate, FILTER_FIELDS, FilterFieldRow, MessageFilter, filter_table_markdown, value_series,
};
pub use http::{Progress, Retry};
pub use jobs::{
    Answer, Answered, Answerer, Asked, Composed, Given, JobId, JobReport, JobStage, RespondOptions,
    Responder, ResponderId, ResponderView, Responding, SendJob, SendMode, Skipped, filled, turns,
};
pub use message::{Codes, Found, Incoming, Row, RowDigest, StoredMessage};
pub use objects::{BucketFile, ObjectBucket, ObjectError, ObjectFacts, check_bucket};
pub use servers::{
    FILE_SERVERS, FileServer, FileServerRow, Handled, ServerOptions, Uploaded, file_server_fn,
};
pub use session::{Command, Event, Session, SessionOptions, SubscriptionId, SubscriptionView};
pub use store::{Counters, Gap, Store, TextSearch};
pub use streams::{
    Acknowledged, Follow, History, HistoryRequest, Start, StreamError, StreamFacts, StreamsView,
};
pub use subjects::{SubjectId, SubjectStats, check_pattern, check_subject, subject_matches};
pub use tape::{
    NewIds, NewTape, Pace, RecordingView, Speed, SubjectMap, Tape, TapeEntry, TapeError, TapeReport,
    TapeStart,
};
pub use timeline::{
    Arrival, Brief, ConversationId, ConversationMessage, ConversationState, ConversationView, Direction,
    Histogram, LatencyRow, LatencyView, Mark, Marks, Part, RequestOutcome, Stamp, Timeline, TimelineCounts,
    TransferSpan,
};
pub use wording::{counted, grouped, sentence};
