//! The workbench as data: what is shown, what is chosen, what is being done.

mod actions;
mod compose;
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

pub(crate) use compose::{ContentOrigin, job_lines, next_type, text_too_large};

pub use actions::{ACTIONS, Action, ActionRow, Context, Pane, Place, ViewKind, key_table_markdown, shown};
pub use compose::{
    Answer, Asked, Cell, Choice, Choices, ChoicesFor, ComposeNews, ComposeWork, Composer, Content, Edits,
    FORM_FIELDS, Field, FieldRow, Job, Jobs, Line, Listeners, Next, Planning, SendSettings, SendTimes, Spot,
    TextShown, Then, Typing, Way, Writing, pasted_text, stage_text, text_words, too_large_to_edit,
};
pub use figures::{Meter, SAMPLES, age, count, counted, latency, per_second, size, span};
pub use inspector::{ImageMode, Link, Links, Running, ShownPayload, Transfer};
pub use message::{Effect, Msg, Opened};
pub use messages::{MarkUse, Marked, Matches, MessageView, Narrow, TextFilter};
pub use notices::{Logged, Notice, Notices, Origin};
pub use overlay::{Histories, Overlay, ProblemsAt, Prompting, Purpose, ViewQuestion, palette};
pub use settings::{Decoder, Highlight, HighlightColour, KeyChoice, LinkSettings, Settings, Tools};
pub use state::{Clock, Follow, Start, State, SubjectCursor};
pub use subjects::{Node, NodeId, SubjectTree, levels};
pub use timeline::{Conversations, OpenConversation, Scope, Sort, TimelineMsg, Totals};
pub use typing::{Edit, LineEdit, Offers};
pub use works::{Progress, Working};
