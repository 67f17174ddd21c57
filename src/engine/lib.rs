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
mod lock;
mod message;
mod objects;
#[doc(hidden)]
pub mod protocol;
mod servers;
mod session;
mod shapes;
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
    BadVariable, ColumnPreview, ComposeError, Composition, ContentError, ContentFault, CopyFormat,
    DraftError, FieldError, HeaderError, Issue, LoadCache, Loaded, MetadataError, PayloadRow, Place, Plan,
    PlannedPayload, Source, Suggestion, TablePreview, Trouble, VARIABLES, VariableSource, check_header,
    check_metadata, compose_again, compose_answer, copy_as, issues, literal, load, load_with, plan,
    read_draft, suggest, write_draft,
};
pub use conformance::{Exchange, Probe, ProbeDifference, ProbeResult, ProbeVerdict};
pub use connect::{
    ConnectError, ConnectErrorKind, ConnectOptions, ConnectionState, Credentials, CredsError, Secret,
    ServerInfo, TlsOptions,
};
pub use connection::{Connection, ConnectionError, Messages, Outgoing};
pub use contexts::{
    CommandError, ContextDraft, ContextError, ContextFileError, ContextInfo, Contexts, ReadOnly,
    ReferenceError,
};
pub use doctor::{
    Checked, Examination, Examiner, FileKind, FileNote, Files, FilesError, GroupBy, Ids, ProblemEntry,
    ProblemGroup, Problems, SeenFiles, SeenMessages, SelectedReaders, Sequence, Specimen, Surroundings,
    UnknownReader, examine, examine_borrowed, examine_read, examine_received, problems_to_csv,
    problems_to_json, problems_to_markdown,
};
pub use fetch::{
    FetchError, FetchErrorKind, FetchMode, FetchPolicy, FetchRequest, Fetched, Fetcher, Head, Link,
    LinkFetchOptions, LinkInfo, Links, MessageLinks, NotAHost, ResolveFuture, Resolver, check_allowed_host,
    shown_link,
};
pub use files::{
    NewFile, create_new, file_blob, open_file, read_at, read_file, read_text, safe_file_name, save_new,
    save_payload, save_received, save_through, write_at,
};
pub use filter::{
    Candidate, FILTER_FIELDS, FilterFieldSpec, MessageFilter, filter_table_markdown, value_series,
};
pub use http::{Progress, Retry};
pub use jobs::{
    Answer, AnswerError, Answered, Answerer, Asked, FixedAnswerer, Given, JobError, RespondOptions,
    Responder, ResponderId, ResponderView, Responding, Run, RunControl, SendId, SendJob, SendMode,
    SendProgress, SendStage, UnansweredCounts, answer_fn, filled, turns,
};
pub use message::{Codes, Found, Gap, Headers, Incoming, MessageDigest, Row, StoredMessage};
pub use objects::{BucketFile, BucketNameError, ObjectBucket, ObjectError, ObjectFacts, check_bucket};
pub use servers::{
    FILE_SERVERS, FileServer, FileServerOptions, FileServerSpec, LinkError, UploadFuture, UploadResult,
    file_server_fn,
};
pub use session::{
    Command, ConnectionCommand, Event, OutboxCommand, RecordingCommand, SavedTape, Session, SessionOptions,
    StreamCommand, SubscriptionCommand, SubscriptionId, SubscriptionView, TapeSelection, save_tape,
};
pub use shapes::{
    Against, Change, Contract, Expected, FieldLine, Looks, Node, Observation, Range, SenderShape, ShapeEvent,
    Shapes, ShapesError, Sighting, SubjectShape, Travel, Tree, compare, field_lines, is_shapes_file,
    stands_for, write_shapes,
};
pub use store::{Batch, Counters, SpillFault, Store, TextSearch, try_spill_folder};
pub use streams::{
    Follow, History, HistoryRequest, PublishAck, Start, StreamError, StreamInfo, StreamsView, clock_ahead,
    list_streams, publish_acknowledged,
};
pub use subjects::{SubjectError, SubjectId, SubjectStats, check_pattern, check_subject, subject_matches};
pub use tape::{
    IdRewriter, MapError, NewTape, NoSpeed, RecordingView, ReplaySpeed, ReplayTiming, SubjectMapping,
    TapeError, TapeHeader, TapeOrigin, TapeReader, TapeRecord, TapeReport,
};
pub use timeline::{
    ConversationId, ConversationMessage, ConversationState, ConversationSummary, ConversationView, Direction,
    LatencyHistogram, LatencyRow, LatencyView, LinkTransfer, Mark, Marks, Part, RequestOutcome, Stamp,
    Timeline, TimelineCounts, TimelineMessage,
};
pub use wording::{Cause, counted, grouped, sentence};
