//! Tapes: messages kept in a file exactly as they came, written while they come and read again. Format: `assets/tape-format.md`.

mod block;
mod dump;
mod encode;
mod entry;
mod format;
mod frames;
mod intake;
mod new_ids;
mod new_tape;
mod numbers;
mod pace;
mod reader;
mod record;
mod remap;
mod report;
mod tally;
mod tap;
mod tape_error;
mod text;
mod writer;

pub use entry::{TapeEntry, TapeStart};
pub use new_ids::NewIds;
pub use new_tape::NewTape;
pub use pace::{Pace, Speed};
pub use reader::Tape;
pub use remap::SubjectMap;
pub use report::TapeReport;
pub use tally::RecordingView;
pub(super) use tally::Tally;
pub(super) use tap::Tap;
pub use tape_error::TapeError;
pub(super) use writer::start_writer;
