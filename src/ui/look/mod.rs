//! How things look: themes, roles, and the keys.

mod key;
mod keymap;
mod line_edit;
mod look;
mod places;
mod theme;
mod themes;

pub(crate) use key::pressed_name;
pub(crate) use keymap::{Pending, Pressed};
pub(crate) use line_edit::line_edit;
pub(crate) use look::{date_time, time_of_day};

pub use keymap::Keymap;
pub use look::Look;
pub use theme::{Role, Theme};
pub use themes::Themes;
