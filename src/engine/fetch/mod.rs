//! Fetching links: what may be fetched, from where, how long it may take, and where it goes.

mod addresses;
mod cache;
mod download;
mod error;
mod exchange;
mod fetched;
mod fetcher;
mod link_url;
mod links;
mod message_links;
mod pace;
mod partial;
mod policy;
mod resolver;
mod spool;

pub(crate) use link_url::shortened;

pub use error::{FetchError, FetchErrorKind};
pub use fetched::{FetchRequest, Fetched, Head, LinkInfo};
pub use fetcher::Fetcher;
pub use link_url::shown_link;
pub use links::{Link, Links};
pub use message_links::{LinkFetchOptions, MessageLinks};
pub use policy::{FetchMode, FetchPolicy, NotAHost, check_allowed_host};
pub use resolver::{ResolveFuture, Resolver};
