//! What lies over the panes: prompts, pickers, the palette, Problems.

mod overlay;
mod overlays;
mod palette;
mod problems;
mod prompt;

pub use overlay::{Overlay, PromptKind, ViewQuestion};
pub use overlays::Overlays;
pub use palette::palette;
pub use problems::ProblemsAt;
pub use prompt::{Histories, Prompting};
