//! Writing a message, anew or for another reader.

mod envelope;
mod rewrite;

pub use envelope::{write_envelope, write_envelope_into};
pub use rewrite::{PayloadError, RewriteError, Rewritten, rewrite_for};
