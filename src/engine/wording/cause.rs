//! What made something fail, kept as the error that it was. How it is told is the matter of whoever carries it.

use super::root_cause::root;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The error behind another one, with the words that tell it; the error itself is its [`Error::source`].
#[derive(Debug, Clone)]
pub struct Cause {
    words: String,
    error: Arc<dyn Error + Send + Sync>,
}

impl Cause {
    /// Reads as the error does. A sentence is an error, too.
    pub fn of(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        Self {
            words: error.to_string(),
            error: error.into(),
        }
    }

    /// Reads as the innermost of the error's causes: what the system or the peer said, without the layers that passed
    /// it on.
    pub fn root(error: impl Error + Send + Sync + 'static) -> Self {
        Self {
            words: root(&error),
            error: Arc::new(error),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.error)
    }
}

/// Two causes are the same if they read the same.
impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words
    }
}

impl Eq for Cause {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn the_error_is_kept_and_told_as_asked_for() {
        let error = || io::Error::other(io::Error::other("no room"));
        let (of, root) = (Cause::of(error()), Cause::root(error()));
        assert_eq!(
            (of.to_string(), root.to_string()),
            (error().to_string(), "no room".into())
        );
        assert!(root.source().is_some_and(<dyn Error>::is::<io::Error>));
    }
}
