//! The doctor: reads messages from files, directories, tapes and live traffic, finds what is wrong with each and who can
//! read it, and adds up the problems of everything received.

mod examine;
mod files;
mod problem_groups;
mod problem_report;
mod problems;
mod sequence;
mod specimen;
mod split;

pub use examine::{AskedReaders, Examiner};
pub use files::{Files, FilesError};
pub use problem_groups::{GroupBy, TroubleGroup, TroubleRow};
pub use problem_report::{troubles_csv, troubles_json, troubles_text};
pub use problems::Troubles;
pub use sequence::SeenMessages;
pub use specimen::{Checked, Specimen};
