//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod act;
mod actions;
mod commands;
mod compose;
mod compose_act;
mod contexts;
mod durations;
mod figures;
mod finding;
mod highlight_act;
mod image_mode;
mod levels;
mod line_edit;
mod link_act;
mod links;
mod marked;
mod marks;
mod matches;
mod mend_act;
mod message;
mod message_view;
mod meter;
mod notices;
mod overlay;
mod overlay_act;
mod palette;
mod panes;
mod payload_act;
mod place;
mod problems;
mod problems_act;
mod progress;
mod prompt_act;
mod prompting;
mod record_act;
mod settings;
mod shown_payload;
mod state;
mod streams;
mod subject_act;
mod subject_tree;
mod timeline;
mod timeline_act;
mod timeline_export;
mod update;
mod value_act;
mod view_kind;
mod work_act;

pub use actions::{ACTIONS, Action, ActionRow, Context, key_table_markdown, shown};
pub use compose::{
    Answer, Asked, Cell, Choice, Choices, ChoicesFor, ComposeNews, ComposeWork, Composer, Content, Edits,
    FORM_FIELDS, Field, FieldRow, Job, Jobs, Line, Listeners, Next, Offers, Planning, SendSettings,
    SendTimes, Spot, TextShown, Then, Typing, Way, Writing, pasted_text, stage_text, text_words,
    too_large_to_edit,
};
pub use contexts::{exposed_file, exposed_secrets};
pub use durations::{duration, rate};
pub use figures::{age, count, counted, latency, per_second, size, span};
pub use image_mode::ImageMode;
pub use levels::levels;
pub use line_edit::{Edit, LineEdit};
pub use links::{Link, Links, Running, Transfer};
pub use marked::{MarkUse, Marked};
pub use matches::Matches;
pub use message::{Effect, Msg, Opened};
pub use message_view::{MessageView, Narrow, TextFilter};
pub use meter::{Meter, SAMPLES};
pub use notices::{Logged, Notice, Notices, Origin};
pub use overlay::{Overlay, Purpose, ViewQuestion};
pub use palette::palette;
pub use panes::Pane;
pub use place::Place;
pub use problems::ProblemsAt;
pub use progress::{Progress, Working};
pub use prompting::{Histories, Prompting};
pub use record_act::recording_told;
pub use settings::{Decoder, Highlight, HighlightColour, KeyChoice, LinkSettings, Settings, Tools};
pub use shown_payload::ShownPayload;
pub use state::{Clock, Follow, Start, State, SubjectCursor};
pub use streams::StreamChoice;
pub use subject_tree::{Node, NodeId, SubjectTree};
pub use timeline::{Conversations, OpenConversation, Scope, Sort, TimelineMsg, Totals};
pub use timeline_export::{
    chrome_trace, conversation_text, conversations_json, lane_name, mermaid, message_word, remarks,
    short_key, signed,
};
pub use update::update;
pub use view_kind::ViewKind;
