//! The HTTP client: one configuration, retries, progress.

pub(crate) mod client;
mod progress;
mod retry;

pub use progress::Progress;
pub use retry::Retry;
