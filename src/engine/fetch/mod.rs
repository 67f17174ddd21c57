//! Fetching links: what may be fetched, from where, how long it may take, and where it goes.

mod addresses;
mod download;
mod exchange;
mod facts;
mod fetch_error;
mod fetched;
mod fetcher;
mod handler;
mod links;
mod pace;
mod policy;
mod resolver;
mod shelf;
mod spool;
mod target;

pub use facts::{Head, LinkFacts};
pub use fetch_error::FetchError;
pub use fetched::{FetchRequest, Fetched};
pub use fetcher::Fetcher;
pub use links::{Fetching, MessageLinks};
pub use policy::{FetchMode, FetchPolicy, check_allowed_host};
pub use resolver::{Resolver, Resolving};
pub use target::shown_link;
