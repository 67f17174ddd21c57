//! What lies over the panes: prompts, pickers, the palette, Problems.

mod help;
mod overlay;
mod overlays;
mod palette;
mod problems;
mod prompt;
mod shape;
mod tape;

pub use help::{HelpAt, HelpLine, help};
pub(crate) use help::{best_help, help_actions};
pub use overlay::{Overlay, PromptKind, ViewQuestion};
pub use overlays::Overlays;
pub use palette::palette;
pub use problems::ProblemsAt;
pub use prompt::{Histories, Prompting};
pub use shape::{ShapeChange, ShapeRow, ShapeSheet};
pub use tape::{TapeChoice, TapeScope};
