//! Work that must not hold up the screen: decoding, links, contexts, files. What came of it reaches the loop by channel.

mod composing;
mod crew;
mod decode;
mod done;
mod downloads;
mod fetching;

pub use composing::compose_work;
pub use crew::{Workers, find};
pub use decode::open;
pub use done::{Built, Done};
pub use downloads::Downloads;
