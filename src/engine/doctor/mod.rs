//! The doctor: reads messages from files, directories, tapes and live traffic, finds what is wrong with each and who can
//! read it, and adds up the problems of everything received.

mod examination;
mod examiner;
mod file_kind;
mod files;
mod kept;
mod needs;
mod problem_groups;
mod problem_report;
mod problems;
mod sequence;
mod specimen;
mod split;

pub(crate) use kept::Kept;
pub(crate) use needs::Needs;

pub use examination::{Examination, Surroundings, examine, examine_borrowed, examine_read, examine_received};
pub use examiner::{Examiner, SelectedReaders, UnknownReader};
pub use file_kind::FileKind;
pub use files::{FileNote, Files, FilesError, SeenFiles};
pub use problem_groups::{GroupBy, ProblemEntry, ProblemGroup};
pub use problem_report::{problems_to_csv, problems_to_json, problems_to_markdown};
pub use problems::Problems;
pub use sequence::{Ids, SeenMessages, Sequence};
pub use specimen::{Checked, Specimen};
