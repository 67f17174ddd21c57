//! Shapes of messages: learned from what travels, folded where subjects differ only by an id, compared, kept in files.

mod change;
mod compare;
mod contract;
mod fields;
mod file;
mod fit;
mod folding;
mod json_schema;
mod learner;
mod node;
mod observation;
mod subject_shape;
mod tree;

pub use change::{Against, Change};
pub use compare::compare;
pub use contract::Contract;
pub use fields::{FieldLine, field_lines};
pub use file::{Expected, ShapesError, is_shapes_file, write_shapes};
pub use folding::stands_for;
pub use learner::Shapes;
pub use node::{Looks, Node, Range, Travel};
pub use observation::Observation;
pub use subject_shape::{SenderShape, ShapeEvent, Sighting, SubjectShape};
pub use tree::Tree;
