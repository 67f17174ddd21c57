//! Every limit of the product, with its default. No other code may hard-code one.

use super::ledger::Ledger;
use super::settable::{LimitError, Settable, read};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ty = $default:expr),* $(,)?) => {
        /// The limits in force; `Limits::default()` gives the documented ones, the settings override them.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $doc])* pub $name: $type,)*
            /// What is charged against `decode_memory` by all who have these limits or a clone of them.
            pub ledger: Ledger,
        }
        impl Limits {
            /// The documented defaults as a constant; without a ledger.
            pub const DEFAULT: Self = Self { $($name: $default,)* ledger: Ledger::NONE };
            /// The name of each limit, and what it bounds.
            pub const ALL: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc),*))),*];

            /// Sets the limit of this name to what a person wrote: a number, which may have a unit, or a duration.
            ///
            /// # Errors
            ///
            /// [`LimitError`]: there is no such limit, and which one may be meant; or the text is no value for it.
            pub fn set(&mut self, name: &str, text: &str) -> Result<(), LimitError> {
                match name {
                    $(stringify!($name) => self.$name = read(stringify!($name), text)?,)*
                    _ => return Err(LimitError::unknown(name, Self::ALL)),
                }
                Ok(())
            }

            /// The limit of this name as people write it.
            pub fn text(&self, name: &str) -> Option<String> {
                match name {
                    $(stringify!($name) => Some(self.$name.text()),)*
                    _ => None,
                }
            }
        }
        impl Default for Limits { fn default() -> Self { Self::DEFAULT } }
    };
}

static IN_FORCE: OnceLock<Limits> = OnceLock::new();
static DEFAULTS: Limits = Limits::DEFAULT;

impl Limits {
    /// The limits of this program for whatever has none handed to it: how texts are made safe, how deep JSON may be, how long
    /// names of files are, and what options start from. Those of the settings once they are [enforced](Self::enforce);
    /// in a program that only uses the library, the defaults.
    pub fn in_force() -> &'static Self {
        IN_FORCE.get().unwrap_or(&DEFAULTS)
    }

    /// Puts these limits in force for the whole program; the first call counts.
    pub fn enforce(self) {
        IN_FORCE.get_or_init(|| self);
    }
}

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

limits! {
    /// Memory for everything decoded at present, in all, beside the store.
    decode_memory: u64 = 512 * MIB as u64,
    /// Memory for what one message decodes to.
    message_memory: u64 = 256 * MIB as u64,
    /// Memory for what a message decodes to that nobody looks at.
    glance_memory: u64 = 64 * MIB as u64,
    /// Memory that the view of a payload may take to be made before somebody looks at it, and kept once nobody does.
    view_memory: u64 = 8 * MIB as u64,
    /// Bytes of text that are printed of one message; a payload beyond them is said to be too large.
    printed_bytes: usize = 64 * MIB,
    /// Bytes of text up to which a message is printed together with others.
    printed_together: usize = MIB,
    /// Payloads shown per envelope; more are counted and said, not shown.
    payloads_per_envelope: usize = 1024,
    /// Keys beyond the known ones that are kept per object; more are counted and said, not kept.
    extra_keys: usize = 1024,
    /// Findings listed per message; more are counted and said.
    findings: usize = 1000,
    /// Levels of nesting that JSON may have (what common parsers open).
    json_depth: usize = 127,
    /// Largest direct message kept whole, in bytes; a larger one keeps its header row only.
    direct_message: usize = 64 * MIB,
    /// Largest JSON text that is decoded as a value, in bytes.
    json_value: usize = 8 * MIB,
    /// Bytes shown of a text that is too large to be loaded.
    text_head: usize = 8 * MIB,
    /// Bytes covered by one search in a payload on disk.
    hex_search_bytes: u64 = 64 * MIB as u64,
    /// Matches that one search in bytes notes.
    hex_matches: usize = 100_000,
    /// Cells that one search in a grid looks at.
    grid_search_cells: usize = 200_000,
    /// Rows of a table that are sorted, filtered, counted or written.
    grid_rows: usize = 50_000_000,
    /// Rows of a table that are put on the clipboard.
    grid_copy_rows: usize = 100_000,
    /// Bytes an Arrow payload may claim after decompression, over all its buffers and dictionaries; of a table that
    /// stays in its file, over its dictionaries, and for each compressed batch.
    table_bytes: usize = 256 * MIB,
    /// Metadata bytes of one Arrow message.
    table_metadata: usize = 16 * MIB,
    /// Rows of one table; one that stays in its file may have as many as it has bits.
    table_rows: u64 = 50_000_000,
    /// Columns of one table.
    table_columns: usize = 4096,
    /// Fields of one table, nested ones counted.
    table_fields: usize = 65_536,
    /// Record batches of one table.
    table_batches: usize = 10_000,
    /// Dictionary batches of one table.
    table_dictionaries: usize = 1_000,
    /// Nesting depth of an Arrow type.
    table_depth: usize = 64,
    /// Bytes of one table row written as JSON; what would need more is cut and says so.
    table_row_bytes: usize = 8 * MIB,
    /// Size up to which a table in a file is read into memory whole; a larger one is read where somebody looks.
    table_loaded: u64 = 4 * MIB as u64,
    /// Rows of a column that are read from a file at a time.
    table_window_rows: usize = 1024,
    /// Bytes of a column that are read from a file at a time; fewer rows are read where they would need more.
    table_window_bytes: usize = 8 * MIB,
    /// Bytes of a table in a file that are kept in memory for another look.
    table_cached_bytes: usize = 12 * MIB,
    /// Text of one cell, in bytes; the rest is said to be cut.
    cell_bytes: usize = 4 * KIB,
    /// Bytes of a message, or of one of its payloads, that are copied into text for another tool.
    copy_bytes: usize = 256 * KIB,
    /// Largest file of envelopes that is checked, in bytes; a tape may have any size.
    checked_file: usize = 256 * MIB,
    /// Messages that are remembered to judge those after them: reused correlation ids, replies without a request.
    checked_history: usize = 100_000,
    /// Groups of problems counted over all received messages: by code, sender, subject and dialect.
    problems: usize = 10_000,
    /// Bytes for the shapes of all messages, as they are learned; then the ones not seen for longest are forgotten.
    shape_memory: usize = 64 * MIB,
    /// Messages of one sender after which the shape of its messages counts as stable.
    shape_stable: u64 = 20,
    /// Bytes of messages that are examined for trouble in one go.
    examined_at_once: usize = 2 * MIB,
    /// Examined messages that are kept decoded.
    examinations: usize = 256,
    /// Bytes that they may take.
    examination_bytes: usize = 32 * MIB,
    /// Bytes of a draft's file.
    draft_bytes: u64 = 64 * MIB as u64,
    /// Bytes of a payload that are kept in a draft itself; more of them go into a file beside it.
    draft_inline: u64 = 4 * KIB as u64,
    /// Rows of a table that are shown before it is sent.
    plan_rows: usize = 3,
    /// Bytes of a text that the editor of the Compose pane takes; a larger one goes to the person's own editor.
    editor_bytes: usize = MIB,
    /// Lines of such a text.
    editor_lines: usize = 20_000,
    /// Bytes of one line of such a text.
    editor_line: usize = 60_000,
    /// Bytes shown of a text for review before it is copied or saved; the rest is mentioned.
    text_shown: usize = 256 * KIB,
    /// Paths offered to complete a half-typed one.
    paths_offered: usize = 200,
    /// Sends listed in the Compose pane.
    jobs_listed: usize = 50,
    /// Pixels along one side of an image.
    image_side: u32 = 16_384,
    /// Pixels of an image in all.
    image_pixels: u64 = 32_000_000,
    /// Memory that decoding one image may take, all copies counted that are made on the way.
    image_alloc: u64 = 192 * MIB as u64,
    /// Bytes of the pixels of an animation that are kept; what comes after is said to be there.
    image_frames: usize = 128 * MIB,
    /// Bytes of a picture as one sequence for the terminal.
    image_sequence: usize = 2 * MIB,
    /// Scalars shown of one grapheme.
    grapheme_scalars: usize = 8,
    /// Bytes shown of one grapheme.
    grapheme_bytes: usize = 32,
    /// Cells of one field in a list.
    field_cells: usize = 256,
    /// Bytes of one line handed to the screen.
    line_bytes: usize = 4 * KIB,
    /// Bytes the message store keeps in memory.
    store_bytes: usize = 256 * MIB,
    /// Messages the message store keeps in memory.
    store_messages: usize = 1_000_000,
    /// Bytes of further messages that it keeps on disk; 0: the oldest are evicted once memory is used.
    store_spill: u64 = 0,
    /// Folder for these; `None`: that of the system for temporary files.
    store_folder: Option<PathBuf> = None,
    /// Bytes counted per stored message beside payload, headers and subject.
    store_row_overhead: usize = 200,
    /// Messages of one page of the store, at most 65,536: what is moved to disk and read from it at a time.
    store_page: usize = 4096,
    /// Bytes of one segment of the store, and of one page.
    store_segment: usize = 4 * MIB,
    /// Distinct subjects counted individually; the rest is counted together.
    subjects: usize = 100_000,
    /// Messages waiting in the client's queue for one subscription.
    subscription_queue: usize = 16_384,
    /// Commands waiting for the client.
    client_queue: usize = 1_024,
    /// Bytes a broker may send before the connection is established.
    client_greeting: u64 = MIB as u64,
    /// Largest message accepted from a broker, headers counted.
    received_message: usize = 128 * MIB,
    /// Published messages awaiting confirmation at once, so that all complaints about them are received.
    deliveries: usize = 50,
    /// Sends of a session in progress or waiting at once.
    sendings: usize = 64,
    /// Responders armed at one time.
    responders: usize = 64,
    /// Answers of a responder under way at one time; further requests wait in the client's queue.
    answers_at_once: usize = 256,
    /// Answers of a responder per second; further requests are not answered, so that two responders that answer each
    /// other cannot flood the broker.
    answers_per_second: u32 = 1_000,
    /// Commands that answer requests, running at one time.
    commands_at_once: usize = 8,
    /// Time that a command has to answer a request.
    command_time: Duration = Duration::from_secs(10),
    /// Time for reading a command's remaining output after its end, if something it started keeps its output open.
    command_rest_time: Duration = Duration::from_millis(250),
    /// Total time for shutting down: what is in progress is sent, then everything is closed.
    quit_time: Duration = Duration::from_secs(4),
    /// Conversations kept; beyond this the longest idle ones are evicted, settled ones before open ones.
    timeline_conversations: usize = 10_000,
    /// Single messages remembered so that an answer finds them; they are no conversation yet.
    timeline_singles: usize = 10_000,
    /// Messages kept of one conversation; older ones are counted.
    timeline_messages: usize = 500,
    /// Bytes that all conversations may take.
    timeline_bytes: usize = 64 * MIB,
    /// Bytes of an id that are kept as they are; a longer one is kept as its hash.
    timeline_id: usize = 128,
    /// How long an idle conversation is kept.
    timeline_kept: Duration = Duration::from_secs(3600),
    /// Time after which a request counts as unanswered, and an answer as late; the default timeout of our own
    /// requests.
    timeline_unanswered: Duration = Duration::from_secs(5),
    /// Difference between a sender's timestamp and our clock that is worth reporting.
    timeline_skew: Duration = Duration::from_secs(2),
    /// Requests remembered that want their answers on one subject.
    timeline_waiting: usize = 64,
    /// Outcomes and transfers that may wait for their message.
    timeline_early: usize = 1_000,
    /// Subjects, and pairs of peers, with separate latency statistics; the rest is counted together.
    timeline_latencies: usize = 500,
    /// Time a request waits for replies.
    request_time: Duration = Duration::from_secs(5),
    /// Bytes of a file name made from a payload's name.
    file_name_bytes: usize = 120,
    /// Bytes taken of one paste.
    paste_bytes: usize = 64 * MIB,
    /// The same of one that goes into a single line.
    typed_bytes: usize = 64 * KIB,
    /// Columns that are drawn of a window, however large it claims to be.
    screen_columns: u16 = 1000,
    /// Rows that are drawn of it.
    screen_rows: u16 = 500,
    /// Bytes of a clipboard copy.
    clipboard_bytes: usize = 100 * KIB,
    /// Payloads of this many bytes or more are sent as links.
    link_threshold: usize = 1_000_000,
    /// Bytes of a payload read at once to be uploaded.
    upload_piece: usize = 256 * KIB,
    /// Minimum upload rate in bytes per second, over its window.
    upload_rate: u64 = KIB as u64,
    /// Time over which the rate of an upload is looked at.
    upload_window: Duration = Duration::from_secs(30),
    /// Time a file server may take to answer once it has everything.
    upload_answer: Duration = Duration::from_secs(120),
    /// Bytes read of a file server's answer.
    answer_bytes: usize = 64 * KIB,
    /// Bytes of one fetched link.
    link_bytes: u64 = 256 * MIB as u64,
    /// Bytes of a fetched link that stay in memory; more go to a file.
    link_memory: usize = MIB,
    /// Disk space for fetched links; the oldest unused ones are removed first.
    link_cache: u64 = 4096 * MIB as u64,
    /// Redirects followed from one link.
    link_redirects: u32 = 3,
    /// Links of one message fetched, or uploaded, at a time.
    links_at_once: usize = 3,
    /// Messages whose links are fetched ahead of the one that is printed.
    links_ahead: usize = 16,
    /// Silence after which the download of a link is given up.
    link_idle: Duration = Duration::from_secs(10),
    /// Maximum time for downloading a link.
    link_time: Duration = Duration::from_secs(60),
    /// Additional time per MiB of a link.
    link_time_per_mib: Duration = Duration::from_secs(1),
    /// Bytes per second below which a download is too slow.
    link_rate: u64 = KIB as u64,
    /// Time over which that rate is measured.
    link_rate_window: Duration = Duration::from_secs(10),
    /// Attempts to fetch or upload a link.
    link_tries: u32 = 5,
    /// Pause before the second attempt; it doubles with each further one.
    link_pause: Duration = Duration::from_millis(100),
    /// Longest pause between tries.
    link_longest_pause: Duration = Duration::from_secs(5),
    /// Time a request to JetStream may take.
    stream_time: Duration = Duration::from_secs(5),
    /// Time that a cluster is given to choose a leader before a request to JetStream fails.
    leader_time: Duration = Duration::from_secs(30),
    /// Pause between polls of a stream that is followed without a consumer, and after a failed poll.
    stream_pause: Duration = Duration::from_millis(250),
    /// Streams listed.
    streams: usize = 10_000,
    /// Messages of a stream loaded at once into the store.
    history_messages: u64 = 100_000,
    /// Messages asked for in one request.
    history_batch: usize = 1_000,
    /// Bytes after which such a request is answered.
    history_batch_bytes: usize = 4 * MIB,
    /// Subjects whose last messages are read, where the broker cannot give them together.
    history_subjects: usize = 10_000,
    /// Bytes of one chunk of an object in a bucket.
    object_chunk: usize = 128 * KIB,
    /// Chunks of an object on their way at one time.
    object_window: usize = 32,
    /// Bytes of one message on a tape; a larger one is counted as missed.
    tape_message: usize = 64 * MIB,
    /// Bytes of one line of a tape, as Base64 makes them of the largest message.
    tape_line: usize = 96 * MIB,
    /// Bytes that may wait to be written to a tape; what comes while they do is counted as missed.
    tape_queue: usize = 256 * MIB,
    /// Bytes of a tape written or read at a time.
    tape_block: usize = MIB,
    /// Bytes of a fetched link that are kept on a tape.
    tape_link: u64 = 32 * MIB as u64,
    /// Time that the end of a recording may take when the session ends.
    tape_end_time: Duration = Duration::from_secs(30),
    /// Time between two looks at a recording under way.
    tape_look: Duration = Duration::from_millis(250),
    /// Bytes of a subject and its reply subject together: brokers take 4 KiB on one line, with the verb and sizes.
    control_line: usize = 4 * KIB - 64,
    /// Time to connect to a broker.
    connect_time: Duration = Duration::from_secs(5),
    /// Time limit for the command of a secret store named by a context.
    secret_command_time: Duration = Duration::from_secs(30),
    /// Bytes of a context, and of a secret that one of its references leads to.
    secret_bytes: usize = MIB,
    /// Bytes of a file of settings, of a theme, of credentials, keys or certificates.
    named_file: u64 = 8 * MIB as u64,
    /// Time between pings to the broker.
    ping_interval: Duration = Duration::from_secs(5),
    /// Time between round-trip probes.
    probe_interval: Duration = Duration::from_secs(2),
    /// Silence after which the connection is shown amber.
    amber_after: Duration = Duration::from_secs(3),
    /// Silence after which the connection is replaced.
    dead_after: Duration = Duration::from_secs(10),
    /// Longest pause between tries to reach a broker that has never answered; the first is a fifth of it.
    retry_pause: Duration = Duration::from_secs(5),
    /// Longest pause between tries to get a lost connection back.
    rebuild_pause: Duration = Duration::from_secs(2),
    /// Longest pause when a connection is lost repeatedly, soon after it is established.
    storm_pause: Duration = Duration::from_secs(30),
    /// Time a flush may take.
    flush_time: Duration = Duration::from_secs(2),
    /// Least time between two frames drawn because of data.
    frame_interval: Duration = Duration::from_millis(16),
    /// Largest message the embedded broker takes, in bytes.
    broker_max_payload: usize = MIB,
    /// Longest control line the embedded broker takes, in bytes.
    broker_control_line: usize = 4 * KIB,
    /// Tokens of a subject at the embedded broker.
    broker_tokens: usize = 128,
    /// Clients of the embedded broker at one time.
    broker_clients: usize = 1_024,
    /// Subscriptions of one client of the embedded broker.
    broker_subscriptions: usize = 20_000,
    /// Bytes the embedded broker queues for a slow client before it is disconnected.
    broker_pending: usize = 64 * MIB,
    /// Bytes the embedded broker queues for all clients together before the slowest is disconnected.
    broker_backlog: usize = 256 * MIB,
    /// Time a client of the embedded broker has to say something after it has connected.
    broker_greeting: Duration = Duration::from_secs(5),
    /// Silence after which the embedded broker pings a client.
    broker_silence: Duration = Duration::from_secs(60),
    /// Time a write of the embedded broker to a client may stall.
    broker_write_time: Duration = Duration::from_secs(10),
    /// Bytes of one file at our file server.
    fileserver_file: u64 = 1 << 30,
    /// Bytes our file server keeps in all.
    fileserver_total: u64 = 8 << 30,
    /// Per cent of the free disk that our file server may fill.
    fileserver_disk_percent: u64 = 80,
    /// Bytes counted per file of our file server beside its content.
    fileserver_file_overhead: u64 = 16 * KIB as u64,
    /// Requests our file server answers at one time, half of them downloads.
    fileserver_connections: usize = 32,
    /// Connections that may wait until our file server has a place for them.
    fileserver_waiting: usize = 256,
    /// Time a request waits for a place; then it is told to come back later.
    fileserver_wait: Duration = Duration::from_secs(10),
    /// Time a request waits for a place until the slowest client has to make room.
    fileserver_patience: Duration = Duration::from_secs(1),
    /// Rate in bytes per second below which a client has to make room for those who wait.
    fileserver_pressed_pace: u64 = 16 * KIB as u64,
    /// Bytes of request headers at our file server.
    fileserver_head: usize = 16 * KIB,
    /// Time for receiving request headers, and maximum idle time of a connection.
    fileserver_head_time: Duration = Duration::from_secs(10),
    /// Minimum rate of a body in bytes per second, up or down.
    fileserver_pace: u64 = KIB as u64,
    /// Time over which the pace is taken.
    fileserver_pace_time: Duration = Duration::from_secs(10),
    /// Bytes our file server moves at a time.
    fileserver_buffer: usize = 256 * KIB,
    /// Bytes of a JSON body, and of a refused body that is drained so that the client sees the refusal.
    fileserver_small_body: usize = 256 * KIB,
    /// Bytes of a file's name or path at our file server.
    fileserver_name: usize = KIB,
    /// Time our file server keeps a file.
    fileserver_ttl: Duration = Duration::from_secs(24 * 3600),
    /// Time between two sweeps for expired files.
    fileserver_sweep: Duration = Duration::from_secs(60),
    /// Age from which orphaned pieces are removed.
    fileserver_orphan: Duration = Duration::from_secs(3600),
}
