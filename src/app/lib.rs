//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod export;
mod model;
mod update;

pub use export::{
    chrome_trace, conversation_text, conversations_json, lane_name, mermaid, message_word, remarks,
    short_key, signed,
};
pub use model::{
    ACTIONS, Action, ActionRow, Answer, Asked, Cell, Choice, Choices, ChoicesFor, Clock, ComposeNews,
    ComposeWork, Composer, Content, Context, Conversations, Decoder, Edit, Edits, Effect, FORM_FIELDS, Field,
    FieldRow, Follow, Highlight, HighlightColour, Histories, ImageMode, Job, Jobs, KeyChoice, Line, LineEdit,
    Link, LinkSettings, Links, Listeners, Logged, MarkUse, Marked, Matches, MessageView, Meter, Msg, Narrow,
    Next, Node, NodeId, Notice, Notices, Offers, OpenConversation, Opened, Origin, Overlay, Pane, Place,
    Planning, ProblemsAt, Progress, Prompting, Purpose, Running, SAMPLES, Scope, SendSettings, SendTimes,
    Settings, ShownPayload, Sort, Spot, Start, State, SubjectCursor, SubjectTree, TextFilter, TextShown,
    Then, TimelineMsg, Tools, Totals, Transfer, Typing, ViewKind, ViewQuestion, Way, Working, Writing, age,
    count, counted, key_table_markdown, latency, levels, palette, pasted_text, per_second, shown, size, span,
    stage_text, text_words, too_large_to_edit,
};
pub use update::{StreamChoice, exposed_file, exposed_secrets, recording_told, update};
