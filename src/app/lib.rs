//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod export;
mod model;
mod update;

pub use export::{
    chrome_trace, conversation_text, conversations_json, lane_name, mermaid, message_word, remarks,
    short_key, signed,
};
pub use model::{
    ACTIONS, Action, ActionSpec, Among, Appearance, Cell, ChoiceKind, Clock, Completions, ComposeEffect,
    ComposeMsg, Composer, Content, Context, Decoder, Describe, Described, Edit, EditMode, Effect, Field,
    FieldEdit, Follow, FormRow, HighlightColour, Histories, ImageMode, InspectorMsg, KeyChoice, LineEdit,
    Link, LinkSettings, Links, ListScope, LongWork, MarkUse, MessagesMsg, Msg, Node, OpenConversation,
    Opened, Origin, Overlay, OverlayMsg, Pane, Place, ProblemsAt, Progress, PromptKind, RowFacts, Running,
    Scope, Settings, ShownPayload, Sift, Sifted, Sizes, Start, State, SubjectsMsg, TerminalEffect, TextEdit,
    TimelineMsg, Tools, Transfer, ViewEffect, ViewKind, ViewQuestion, Way, WorkEffect, Working, WorksMsg,
    age, count, counted, key_table_markdown, latency, palette, pasted_text, per_second, read_settings, shown,
    size, span, stage_text, text_words, too_large_to_edit,
};
pub use update::{StreamChoice, exposed_file, exposed_secrets, recording_told, update};
