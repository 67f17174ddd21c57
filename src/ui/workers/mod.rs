//! Work that must not hold up the screen: decoding, links, contexts, files. What came of it reaches the loop by channel.

mod composing;
mod crew;
mod decode;
mod done;
mod downloads;
mod fetching;
mod payloads;
mod slow_work;

pub use composing::compose_work;
pub use crew::Workers;
pub use decode::open;
pub use done::{Built, Done};
pub use downloads::Downloads;
pub use payloads::{words, write_outside};
pub use slow_work::{slow, slow_work};
