//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod export;
mod model;
mod update;

pub use export::{
    EnvelopeField, PageMessage, checked_section, chrome_trace, conversation_page, conversation_text,
    conversations_json, envelope_fields, lane_name, mermaid, message_word, messages_page, page_end,
    page_start, payload_fields, problems_page, remarks, short_key, signed,
};
pub use model::{
    ACTIONS, Action, ActionSpec, Among, Appearance, Cell, ChoiceKind, Clipboard, Clock, Completions,
    ComposeEffect, ComposeMsg, Composer, Content, Context, Decoder, Describe, Described, Edit, EditMode,
    Effect, Field, FieldEdit, Follow, FormRow, HelpAt, HelpLine, HighlightColour, Histories, ImageMode,
    InspectorMsg, KeyChoice, LineEdit, Link, LinkSettings, Links, ListScope, LongWork, MarkUse, MessagesMsg,
    Msg, Node, Numbers, OpenConversation, Opened, Origin, Overlay, OverlayMsg, PageContent, Pane, Place,
    ProblemsAt, Progress, PromptKind, RowFacts, Running, Scope, Settings, ShapeChange, ShapeRow, ShapeSheet,
    ShownPayload, ShownSetting, Sift, Sifted, Sizes, Start, State, SubjectsMsg, TOUR, TapeChoice, TapeScope,
    TerminalEffect, TextEdit, TimelineMsg, Tools, TourStep, Transfer, ViewEffect, ViewKind, ViewQuestion,
    Way, WorkEffect, Working, WorksMsg, age, count, counted, head, help, key_table_markdown, latency,
    palette, pasted_text, per_second, read_settings, shown, shown_settings, size, span, stage_text,
    text_words, too_large_to_edit,
};
pub use update::{StreamChoice, exposed_file, exposed_secrets, recording_told, update};
