//! All I/O and shared state: connection, store, subjects, bridge, session. What a Rust program uses without a screen.

mod bridge;
pub mod clock;
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
    Bridge, BridgeError, LinkFetcher, Payload, PayloadError, Payloads, ReceiveOptions, Received,
    ReceivedPayload, Request, RequestOptions, SendOptions, Sent, TransportChoice, smartreceive, smartsend,
};
pub use composition::{
    BadVariable, ColumnPreview, ComposeError, Composition, ContentError, ContentFault, CopyAs, DraftError,
    FieldError, Fill, HeaderError, Issue, LoadCache, Loaded, MetadataError, PayloadRow, Place, Plan,
    PlannedPayload, Source, Suggestion, TablePreview, Trouble, VARIABLES, check_header, check_metadata,
    copy_as, literal, load, load_with, plan, plan_with, read_draft, suggest, write_draft,
};
pub use conformance::{Exchange, Probe, ProbeDifference, ProbeResult, ProbeVerdict};
pub use connect::{
    ConnectError, ConnectErrorKind, ConnectOptions, ConnectionState, Credentials, CredsError, Secret,
    ServerFacts, TlsOptions,
};
pub use connection::{Connection, ConnectionError, Messages, Outgoing};
pub use contexts::{CommandError, ContextError, ContextFacts, ContextFileError, Contexts, ReferenceError};
pub use doctor::{
    AskedReaders, Checked, Examination, Examiner, Files, FilesError, GroupBy, Ids, SeenMessages, Sequence,
    Specimen, Surroundings, TroubleGroup, TroubleRow, Troubles, UnknownReader, examine, examine_received,
    troubles_csv, troubles_json, troubles_text,
};
pub use fetch::{
    FetchError, FetchMode, FetchPolicy, FetchRequest, Fetched, Fetcher, Fetching, Head, Link, LinkFacts,
    Links, MessageLinks, NotAHost, Resolver, Resolving, check_allowed_host, shown_link,
};
pub use files::{file_blob, safe_file_name, save_new, save_payload, save_through};
pub use filter::{
    Candidate, FILTER_FIELDS, FilterFieldRow, MessageFilter, filter_table_markdown, value_series,
};
pub use http::{HttpError, Progress, Retry};
pub use jobs::{
    Answer, AnswerError, Answered, Answerer, Asked, Composed, Given, JobId, JobReport, JobStage,
    RespondOptions, Responder, ResponderId, ResponderView, Responding, SendJob, SendMode, Skipped, answer_fn,
    filled, turns,
};
pub use message::{Codes, Found, Incoming, Row, RowDigest, StoredMessage};
pub use objects::{BucketFile, BucketNameError, ObjectBucket, ObjectError, ObjectFacts, check_bucket};
pub use outbox::{OutboxCommand, OutboxNews};
pub use servers::{
    FILE_SERVERS, FileServer, FileServerRow, Handled, LinkError, ServerOptions, Uploaded, file_server_fn,
};
pub use session::{
    Command, ConnectionCommand, Event, RecordingCommand, Session, SessionOptions, StreamCommand,
    SubscriptionCommand, SubscriptionId, SubscriptionView,
};
pub use store::{Counters, Gap, Store, TextSearch};
pub use streams::{
    Acknowledged, Follow, History, HistoryRequest, Start, StreamError, StreamFacts, StreamsView,
};
pub use subjects::{SubjectError, SubjectId, SubjectStats, check_pattern, check_subject, subject_matches};
pub use tape::{
    MapError, NewIds, NewTape, NoSpeed, Pace, RecordingView, Speed, SubjectMap, Tape, TapeEntry, TapeError,
    TapeReport, TapeStart,
};
pub use timeline::{
    Arrival, Brief, ConversationId, ConversationMessage, ConversationState, ConversationView, Direction,
    Histogram, LatencyRow, LatencyView, Mark, Marks, Part, RequestOutcome, Stamp, Timeline, TimelineCounts,
    TransferSpan,
};
pub use wording::{Cause, counted, grouped, sentence};
