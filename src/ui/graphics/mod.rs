//! Images as pixels: which protocol a terminal supports, and an image as a single sequence of it. Pixels are always
//! re-encoded here; foreign bytes never reach the terminal.

mod colours;
mod iterm2;
mod kitty;
mod passthrough;
mod png;
mod protocol;
mod sequence;
mod sixel;

#[cfg(test)]
pub(crate) use colours::{READABLE, contrast, shades};
pub(crate) use kitty::placeholder;
pub(crate) use sequence::{Drawn, encode, most_cells};

pub use colours::Colours;
pub use protocol::{Graphics, ImageMethod, Protocol, TerminalGraphics};
