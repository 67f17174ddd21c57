//! Messages being written: the composition, its drafts, its plan and its copies as other tools' commands.

mod answering;
mod compose_error;
mod content;
mod copy_as;
mod draft_file;
mod draft_text;
mod fill;
mod issues;
mod load;
mod loaded_cache;
mod model;
mod named;
mod payload_file;
mod place;
mod plan;
mod suggest;
mod table_source;

pub use compose_error::ComposeError;
pub use content::{check_header, check_metadata};
pub use copy_as::{CopyAs, copy_as};
pub use draft_file::{DraftError, read_draft, write_draft};
pub use fill::{Fill, VARIABLES, literal};
pub use issues::Issue;
pub use load::{Loaded, load, load_with};
pub use loaded_cache::LoadCache;
pub use model::{Composition, PayloadRow, Source};
pub use place::Place;
pub use plan::{ColumnPreview, Plan, PlannedPayload, TablePreview, Trouble, plan, plan_with};
pub use suggest::{Suggestion, suggest};
