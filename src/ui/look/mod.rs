//! How things look: themes, roles, and the keys.

mod keymap;
mod look;
mod theme;
mod themes;

pub(crate) use keymap::{Pending, Pressed};

pub use keymap::Keymap;
pub use look::Look;
pub use theme::{Role, Theme};
pub use themes::Themes;
