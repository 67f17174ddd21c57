//! What is saved for the next run in the same context: looks, pane sizes, prompt answers.

use super::workbench::Workbench;
use crate::frame::Splits;
use natsbridge_app::{Histories, ImageMode};
use serde::{Deserialize, Serialize};

/// What is remembered; every part may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedState {
    /// Theme by name, if it differs from the settings.
    pub theme: Option<String>,
    /// How pictures are drawn, where it is not as the settings say.
    pub images: Option<String>,
    /// Sizes of the panes.
    pub panes: Option<Splits>,
    /// What was answered in prompts.
    pub answers: Histories,
}

/// The settings without the saved state: only differences from them are saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unremembered {
    theme: String,
    images: ImageMode,
}

/// Applies the saved state; names that no longer exist are ignored. Returns the settings without it.
pub fn recall(workbench: &mut Workbench, memory: SavedState) -> Unremembered {
    let without = Unremembered {
        theme: workbench.state.appearance.theme.clone(),
        images: workbench.state.appearance.images,
    };
    if let Some(theme) = memory
        .theme
        .filter(|theme| workbench.state.appearance.themes.contains(theme))
    {
        workbench.state.appearance.theme = theme;
    }
    if let Some(mode) = memory.images.as_deref().and_then(ImageMode::from_word) {
        workbench.state.appearance.images = mode;
    }
    workbench.views.splits = memory.panes.unwrap_or_default();
    workbench.state.overlay.histories = memory.answers;
    without
}

/// What the next run is to know.
pub fn memory(workbench: &Workbench, without: &Unremembered) -> SavedState {
    let state = &workbench.state;
    SavedState {
        theme: Some(state.appearance.theme.clone()).filter(|theme| *theme != without.theme),
        images: Some(state.appearance.images.word().to_owned())
            .filter(|_| state.appearance.images != without.images),
        panes: Some(workbench.views.splits).filter(|splits| *splits != Splits::default()),
        answers: state.overlay.histories.clone(),
    }
}
