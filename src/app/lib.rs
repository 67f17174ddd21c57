//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod export;
mod model;
mod update;

pub use export::{
    chrome_trace, conversation_text, conversations_json, lane_name, mermaid, message_word, remarks,
    short_key, signed,
};
pub use model::{
    ACTIONS, Action, ActionSpec, Among, Answer, Appearance, Asked, Cell, Choice, ChoiceKind, ChoiceList,
    Clock, Completions, ComposeEffect, ComposeMsg, Composer, ConnectionStatus, Content, Context,
    Conversations, Decoder, Describe, Described, Edit, EditMode, Effect, Effects, FORM_FIELDS, Field,
    FieldEdit, FieldRow, Focus, Follow, FormRow, Highlight, HighlightColour, Highlights, Histories,
    ImageMode, Inspector, InspectorMsg, Job, Jobs, KeyChoice, KnownRows, Line, LineEdit, Link, LinkSettings,
    Links, ListScope, Listeners, Logged, LongWork, MarkUse, Marked, Matches, MessageList, Messages,
    MessagesMsg, Meter, Msg, Next, Node, NodeId, Notice, Notices, OpenConversation, Opened, Origin, Overlay,
    OverlayMsg, Overlays, Pane, Place, Planning, ProblemsAt, Progress, PromptKind, Prompting, RowFacts,
    Running, SAMPLES, Scope, SendSettings, SendTimes, Settings, ShownPayload, Sift, Sifted, Sizes, Sort,
    Start, State, SubjectCursor, SubjectTree, Subjects, SubjectsMsg, TerminalEffect, TextEdit, TextFilter,
    TextShown, Then, TimelineMsg, Tools, Totals, Traffic, Transfer, ViewEffect, ViewKind, ViewQuestion, Way,
    WorkEffect, Working, Works, WorksMsg, age, count, counted, key_table_markdown, latency, levels, palette,
    pasted_text, per_second, read_settings, shown, size, span, stage_text, text_words, too_large_to_edit,
};
pub use update::{StreamChoice, exposed_file, exposed_secrets, recording_told, update};
