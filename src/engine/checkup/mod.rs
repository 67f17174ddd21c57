//! The doctor at work: messages out of files, folders and tapes, what is wrong with each, and who can read it.

mod examine;
mod files;
mod model;
mod seen_messages;
mod split;

pub use examine::{AskedReaders, Examiner};
pub use files::{Files, FilesError};
pub use model::{Checked, Specimen};
pub use seen_messages::SeenMessages;
