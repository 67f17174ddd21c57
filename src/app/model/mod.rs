//! The workbench as data: what is shown, what is chosen, what is being done. What a room offers is listed in its own
//! façade.

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
mod turned;
mod typing;
mod works;

pub(crate) use turned::{around, turned};

pub use actions::*;
pub use appearance::Appearance;
pub use compose::*;
pub use connection::*;
pub use effects::{Effect, Effects, LongWork, TerminalEffect, ViewEffect, WorkEffect};
pub use figures::*;
pub use inspector::*;
pub use message::{InspectorMsg, MessagesMsg, Msg, OverlayMsg, Sizes, SubjectsMsg, WorksMsg};
pub use messages::*;
pub use notices::{Logged, Notice, Notices, Origin};
pub use overlay::*;
pub use settings::*;
pub use state::{Start, State};
pub use subjects::*;
pub use timeline::*;
pub use typing::*;
pub use works::{Progress, Working, Works};
