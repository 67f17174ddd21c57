//! The message being written, as data: form, typing, payload rows, plan, sends. Independent of the rest of the
//! workbench.

mod asking;
mod choices;
mod composer;
mod content;
mod field;
mod form;
mod jobs;
mod leaving;
mod listeners;
mod losses;
mod news;
mod payloads;
mod planning;
mod progress;
mod report;
mod settings;
mod spot;
mod turned;
mod typed;
mod typing;
mod values;
mod writing;

pub(crate) use choices::{ContentOrigin, next_type};
pub(crate) use content::text_too_large;
pub(crate) use report::job_lines;

pub use asking::{Asked, text_words};
pub use choices::{Answer, Choice, Choices, ChoicesFor};
pub use composer::{Composer, TextShown};
pub use content::{Content, Writing, pasted_text, too_large_to_edit};
pub use field::{Edits, FORM_FIELDS, Field, FieldRow};
pub use jobs::{Job, Jobs};
pub use leaving::{Next, Then};
pub use listeners::Listeners;
pub use news::{ComposeNews, ComposeWork, Way};
pub use planning::Planning;
pub use report::stage_text;
pub use settings::{SendSettings, SendTimes};
pub use spot::{Cell, Spot};
pub use typing::{Line, Typing};
