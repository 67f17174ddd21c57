//! The table of actions: names, documentation, keys, and where each applies.

mod focus;
mod panes;
mod place;
mod table;
mod view_kind;

pub use focus::Focus;
pub use panes::Pane;
pub use place::Place;
pub use table::{ACTIONS, Action, ActionSpec, Context, Group, key_table_markdown, shown};
pub use view_kind::ViewKind;
