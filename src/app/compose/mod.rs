//! The message being written, as data: form, typing, payload rows, plan, sendings. It knows nothing of the workbench.

mod asking;
mod choices;
mod completion;
mod composer;
mod content;
mod field;
mod form;
mod jobs;
mod leaving;
mod listeners;
mod news;
mod payloads;
mod planning;
mod report;
mod settings;
mod typing;

pub use asking::{Asked, text_words};
pub use choices::{Answer, Choice, Choices, ChoicesFor, Origin, next_type};
pub use completion::Offers;
pub use composer::{Composer, TextShown};
pub use content::{Content, Writing, pasted_text, text_too_large, too_large_to_edit};
pub use field::{Edits, FORM_FIELDS, Field, FieldRow};
pub use form::{Cell, Spot};
pub use jobs::{Job, Jobs};
pub use leaving::{Next, Then};
pub use listeners::Listeners;
pub use news::{ComposeNews, ComposeWork};
pub use planning::Planning;
pub use report::stage_text;
pub use settings::{SendSettings, SendTimes};
pub use typing::{Line, Typing};
