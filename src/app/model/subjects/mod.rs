//! Subjects: the subscriptions, the streams of the server, the tree of subjects.

mod levels;
mod subjects;
mod tree;

pub use levels::levels;
pub use subjects::{SubjectCursor, Subjects};
pub use tree::Node;
