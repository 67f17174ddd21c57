//! The workbench as data: what is shown, what is chosen, what is being done.

mod actions;
mod appearance;
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
mod typing;
mod works;

pub(crate) use compose::{ContentOrigin, job_lines, next_type, text_too_large, turned};
pub(crate) use connection::ConnectionChange;
pub(crate) use inspector::Turn;
pub(crate) use messages::HighlightChange;

pub use actions::{
    ACTIONS, Action, ActionSpec, Context, Focus, Pane, Place, ViewKind, key_table_markdown, shown,
};
pub use appearance::Appearance;
pub use compose::{
    Answer, Asked, Cell, Choice, ChoiceKind, ChoiceList, ComposeEffect, ComposeMsg, Composer, Content,
    EditMode, FORM_FIELDS, Field, FieldEdit, FieldRow, FormRow, Job, Jobs, Line, Listeners, Next, Planning,
    SendSettings, SendTimes, TextEdit, TextShown, Then, Way, pasted_text, stage_text, text_words,
    too_large_to_edit,
};
pub use connection::{ConnectionStatus, Traffic};
pub use effects::{Effect, Effects, LongWork, TerminalEffect, ViewEffect, WorkEffect};
pub use figures::{Meter, SAMPLES, age, count, counted, latency, per_second, size, span};
pub use inspector::{ImageMode, Inspector, Link, Links, Opened, Running, ShownPayload, Transfer};
pub use message::{InspectorMsg, MessagesMsg, Msg, OverlayMsg, Sizes, SubjectsMsg, WorksMsg};
pub use messages::{
    Among, Clock, Describe, Described, Follow, Highlights, KnownRows, ListScope, MarkUse, Marked, Matches,
    MessageList, Messages, RowFacts, Sift, Sifted, TextFilter,
};
pub use notices::{Logged, Notice, Notices, Origin};
pub use overlay::{Histories, Overlay, Overlays, ProblemsAt, PromptKind, Prompting, ViewQuestion, palette};
pub use settings::{
    Decoder, Highlight, HighlightColour, KeyChoice, LinkSettings, Settings, Tools, read_settings,
};
pub use state::{Start, State};
pub use subjects::{Node, NodeId, SubjectCursor, SubjectTree, Subjects, levels};
pub use timeline::{Conversations, OpenConversation, Scope, Sort, TimelineMsg, Totals};
pub use typing::{Completions, Edit, LineEdit};
pub use works::{Progress, Working, Works};
