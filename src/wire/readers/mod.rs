//! Who can read a message: peers by language and version, what each of them needs, and the verdict.

mod judge;
mod model;
mod no_reader;
mod registry;
mod spelled;

pub use judge::{judge_readers, whole_answer};
pub use model::{Answer, Keys, Reader, Reason};
pub use no_reader::no_reader;
pub use registry::{READER_GROUPS, READERS, readers_named};
