//! Tapes: files that keep messages exactly as they came, written live and read again. Format:
//! `assets/tape-format.md`.

mod block;
mod counts;
mod encode;
mod entries;
mod entry;
mod error;
mod frames;
mod guard;
mod intake;
mod nats_dump;
mod new_ids;
mod numbers;
mod options;
mod pace;
mod reader;
mod record;
mod remap;
mod report;
mod tap;
mod text;
mod whole_tape;
mod writer;

pub(crate) use counts::RecordingCounts;
pub(crate) use nats_dump::place;
pub(crate) use reader::{Looks, head_of, looks};
pub(crate) use tap::RecordingTap;
pub(crate) use whole_tape::WholeTape;
pub(crate) use writer::start_writer;

pub use counts::RecordingView;
pub use entry::{TapeHeader, TapeRecord};
pub use error::TapeError;
pub use new_ids::IdRewriter;
pub use options::NewTape;
pub use pace::{NoSpeed, ReplaySpeed, ReplayTiming};
pub use reader::TapeReader;
pub use remap::{MapError, SubjectMapping};
pub use report::TapeReport;
pub use whole_tape::TapeOrigin;
