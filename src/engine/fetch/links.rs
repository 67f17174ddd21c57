//! What is known of links: told by whoever fetches them to whoever examines messages. Fetches nothing.

use super::error::FetchError;
use super::fetched::Fetched;
use std::fmt::Debug;

/// What is known of a link.
#[derive(Debug)]
pub enum Link<'l> {
    /// Nobody was to fetch it: that it was not fetched is nothing to tell.
    Unasked,
    /// It was not fetched, and why, if that is known.
    NotFetched(Option<&'static str>),
    /// Its content.
    Fetched(Fetched),
    /// It could not be fetched.
    Failed(&'l FetchError),
}

/// Somebody who knows what links lead to.
pub trait Links: Debug + Send + Sync {
    /// What is known of a link.
    fn link(&self, url: &str) -> Link<'_>;
}
