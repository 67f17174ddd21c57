//! The message being written, as data: form, typing, payload rows, plan, sends. Independent of the rest of the
//! workbench.

mod asked;
mod choices;
mod composer;
mod content;
mod field;
mod jobs;
mod listeners;
mod news;
mod next;
mod planning;
mod report;
mod settings;
mod spot;
mod typing;
mod values;

pub(crate) use choices::{ContentOrigin, has_encoding, next_encoding, next_type};
pub(crate) use content::text_too_large;
pub(crate) use report::job_lines;

pub use asked::Asked;
pub use choices::{Answer, ChoiceKind};
pub use composer::{Composer, TextShown};
pub use content::{Content, TextEdit, pasted_text, text_words, too_large_to_edit};
pub use field::{EditMode, Field};
pub use jobs::Job;
pub use listeners::Listeners;
pub use news::{ComposeEffect, ComposeMsg, Way};
pub use next::Then;
pub use planning::Planning;
pub use report::stage_text;
pub use spot::{Cell, FormRow};
pub use typing::FieldEdit;
