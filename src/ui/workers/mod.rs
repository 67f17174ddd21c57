//! Work that must not block the screen: decoding, links, contexts, files. Results reach the loop through a channel.

mod clipboard;
mod composing;
mod converted;
mod decode;
mod done;
mod fetching;
mod first_line;
mod latest;
mod list;
mod long_work;
mod page;
mod payloads;
mod tape;
mod workers;

pub(crate) use converted::converted;
pub(crate) use payloads::{words, write_outside};
pub(crate) use workers::Workers;

pub use composing::compose_work;
pub use decode::open;
pub use done::{Done, MessageViews};
pub use fetching::fetch_link;
pub use list::{describe, sift};
pub use long_work::long_work;
