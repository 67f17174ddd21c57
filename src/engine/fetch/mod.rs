//! Fetching links: what may be fetched, from where, how long it may take, and where it goes.

mod facts;
mod fetcher;
mod policy;

pub use facts::{Head, LinkFacts};
pub use fetcher::{FetchRequest, Fetcher};
pub use policy::FetchPolicy;
