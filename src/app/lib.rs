//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod export;
mod model;
mod update;

pub use export::{
    chrome_trace, conversation_text, conversations_json, lane_name, mermaid, message_word, remarks,
    short_key, signed,
};
pub use model::{
    ACTIONS, Action, ActionRow, Among, Answer, Appearance, Asked, Cell, Choice, Choices, ChoicesFor, Clock,
    ComposeNews, ComposeWork, Composer, ConnectionStatus, Content, Context, Conversations, Decoder, Describe,
    Described, Edit, Edits, Effect, Effects, FORM_FIELDS, Field, FieldRow, Focus, Follow, Highlight,
    HighlightColour, Highlights, Histories, ImageMode, Inspector, InspectorMsg, Job, Jobs, KeyChoice,
    KnownRows, Line, LineEdit, Link, LinkSettings, Links, Listeners, Logged, LongWork, MarkUse, Marked,
    Matches, MessageList, Messages, MessagesMsg, Meter, Msg, Narrow, Next, Node, NodeId, Notice, Notices,
    Offers, OpenConversation, Opened, Origin, Overlay, OverlayMsg, Overlays, Pane, Place, Planning,
    ProblemsAt, Progress, Prompting, Purpose, RowFacts, Running, SAMPLES, Scope, SendSettings, SendTimes,
    Settings, ShownPayload, Sift, Sifted, Sizes, Sort, Spot, Start, State, SubjectCursor, SubjectTree,
    Subjects, SubjectsMsg, TerminalEffect, TextFilter, TextShown, Then, TimelineMsg, Tools, Totals, Traffic,
    Transfer, Typing, ViewEffect, ViewKind, ViewQuestion, Way, WorkEffect, Working, Works, WorksMsg, Writing,
    age, count, counted, key_table_markdown, latency, levels, palette, pasted_text, per_second,
    read_settings, shown, size, span, stage_text, text_words, too_large_to_edit,
};
pub use update::{StreamChoice, exposed_file, exposed_secrets, recording_told, update};
