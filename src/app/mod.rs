//! The workbench as data: state, messages in, effects out. No await, no ratatui, no crossterm.

mod act;
mod actions;
mod figures;
mod levels;
mod line_edit;
mod message;
mod message_view;
mod meter;
mod notices;
mod overlay;
mod overlay_act;
mod palette;
mod panes;
mod settings;
mod state;
mod subject_tree;
mod update;

pub use actions::{ACTIONS, Action, ActionRow, Context, key_table_markdown, shown};
pub use figures::{age, count, counted, per_second, size, span};
pub use levels::levels;
pub use line_edit::{Edit, LineEdit};
pub use message::{Effect, Msg, Opened};
pub use message_view::{MessageView, Narrow, TextFilter};
pub use meter::{Meter, SAMPLES};
pub use notices::{Notice, Notices};
pub use overlay::{Overlay, Purpose};
pub use palette::palette;
pub use panes::Pane;
pub use settings::{ImageMode, KeyChoice, LinkSettings, Settings};
pub use state::{Clock, Follow, Start, State, SubjectCursor};
pub use subject_tree::{Node, NodeId, SubjectTree};
pub use update::update;
