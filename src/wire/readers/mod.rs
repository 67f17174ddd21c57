//! Who can read a message: peers by language and version, what each of them needs, and the verdict.

mod effects;
mod judge;
mod model;
mod registry;
mod spelled;

pub use effects::{Effect, effects_of};
pub use judge::{who_reads, whole_answer};
pub use model::{Answer, Family, Keys, Reader, Reads, Reason};
pub use registry::{READER_GROUPS, READERS, readers_named};
