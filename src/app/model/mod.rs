//! The workbench as data: what is shown, what is chosen, what is being done.

mod actions;
mod appearance;
mod clipboard;
mod compose;
mod connection;
mod effects;
mod figures;
mod inspector;
mod message;
mod messages;
mod notices;
mod overlay;
mod settings;
mod state;
mod subjects;
mod timeline;
mod tour;
mod turned;
mod typing;
mod works;

pub(crate) use compose::{ContentOrigin, has_encoding, job_lines, next_encoding, next_type, text_too_large};
pub(crate) use turned::{around, turned};

pub use actions::{ACTIONS, Action, ActionSpec, Context, Pane, Place, ViewKind, key_table_markdown, shown};
pub use appearance::Appearance;
pub use clipboard::Clipboard;
pub use compose::{
    Answer, Asked, Cell, ChoiceKind, ComposeEffect, ComposeMsg, Composer, Content, EditMode, Field,
    FieldEdit, FormRow, Job, Listeners, Planning, TextEdit, TextShown, Then, Way, pasted_text, stage_text,
    text_words, too_large_to_edit,
};
pub use connection::ConnectionStatus;
pub use effects::{Effect, Effects, LongWork, PageContent, TerminalEffect, ViewEffect, WorkEffect};
pub use figures::{age, count, counted, head, latency, per_second, size, span};
pub use inspector::{ImageMode, Inspector, Link, Links, Opened, Running, ShownPayload, Transfer};
pub use message::{InspectorMsg, MessagesMsg, Msg, OverlayMsg, Sizes, SubjectsMsg, WorksMsg};
pub use messages::{
    Among, Clock, Describe, Described, Follow, ListScope, MarkUse, Marked, Matches, Messages, Numbers,
    RowFacts, Sift, Sifted, TextFilter,
};
pub use notices::Origin;
pub use overlay::{
    HelpAt, HelpLine, Histories, Overlay, Overlays, ProblemsAt, PromptKind, Prompting, ShapeChange, ShapeRow,
    ShapeSheet, TapeChoice, TapeScope, ViewQuestion, help, palette,
};
pub(crate) use overlay::{best_help, help_actions};
pub use settings::{
    Decoder, HighlightColour, KeyChoice, LinkSettings, Settings, ShownSetting, Tools, read_settings,
    shown_settings,
};
pub use state::{Start, State};
pub(crate) use subjects::levels;
pub use subjects::{Node, SubjectCursor, Subjects};
pub use timeline::{OpenConversation, Scope, TimelineMsg, payload_words};
pub use tour::{TOUR, TourStep};
pub use typing::{Completions, Edit, LineEdit};
pub use works::{Progress, Working, Works};
