//! Messages being written: the composition, its drafts, its plan and its copies as other tools' commands.

mod answering;
mod composition;
mod copy_as;
mod draft_file;
mod draft_format;
mod error;
mod header_rows;
mod issues;
mod kind_check;
mod load;
mod load_cache;
mod location;
mod named;
mod payload_file;
mod payload_row;
mod plan;
mod suggest;
mod table_source;
mod variables;

pub use answering::{compose_again, compose_answer};
pub use composition::Composition;
pub use copy_as::{CopyFormat, copy_as};
pub use draft_file::{DraftError, read_draft, write_draft};
pub use error::{ComposeError, ContentError, FieldError};
pub use issues::{Issue, issues};
pub use kind_check::{ContentFault, HeaderError, MetadataError, check_header, check_metadata};
pub use load::{Loaded, load, load_with};
pub use load_cache::LoadCache;
pub use location::Place;
pub use payload_row::{PayloadRow, Source};
pub use plan::{ColumnPreview, Plan, PlannedPayload, TablePreview, Trouble, plan};
pub use suggest::{Suggestion, suggest};
pub use variables::{BadVariable, VARIABLES, VariableSource, literal};
