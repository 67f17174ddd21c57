//! Object buckets of JetStream: put, read, list.

mod bucket;
mod file_metadata;
mod put;
mod read;

pub use bucket::{BucketNameError, ObjectBucket, ObjectError, ObjectFacts, check_bucket};
pub use file_metadata::BucketFile;
