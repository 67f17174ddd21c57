//! Pictures as pixels: which protocol a terminal has, and a picture as one sequence of it. Pixels are encoded anew here;
//! bytes of others never reach the terminal.

mod iterm2;
mod kitty;
mod passthrough;
mod png;
mod protocol;
mod sequence;
mod sixel;

pub use kitty::placeholder;
pub use protocol::{Graphics, Pictures, Protocol, TerminalPictures};
pub use sequence::{Drawn, encode, most_cells};
