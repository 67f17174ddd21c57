//! The doctor: reads messages from files, directories, tapes and live traffic, finds what is wrong with each and who can
//! read it, and adds up the problems of everything received.

mod examination;
mod examiner;
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

pub use examination::{Examination, Surroundings, examine, examine_received};
pub use examiner::{AskedReaders, Examiner, UnknownReader};
pub use files::{Files, FilesError};
pub use problem_groups::{GroupBy, TroubleGroup, TroubleRow};
pub use problem_report::{troubles_csv, troubles_json, troubles_text};
pub use problems::Troubles;
pub use sequence::{Ids, SeenMessages, Sequence};
pub use specimen::{Checked, Specimen};
