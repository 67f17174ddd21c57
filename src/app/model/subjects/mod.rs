//! The tree of subjects.

mod levels;
mod tree;

pub use levels::levels;
pub use tree::{Node, NodeId, SubjectTree};
