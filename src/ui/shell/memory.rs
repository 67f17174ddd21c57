//! What is saved for the next run in the same context: looks, pane sizes, prompt answers.

use super::workbench::Workbench;
use crate::frame::Splits;
use natsbridge_app::{Histories, ImageMode};
use serde::{Deserialize, Serialize};

/// What is remembered; every part may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
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

impl Workbench {
    /// Applies the saved state; names that no longer exist are ignored. Returns the settings without it.
    pub fn recall(&mut self, memory: Memory) -> Unremembered {
        let without = Unremembered {
            theme: self.state.theme.clone(),
            images: self.state.images,
        };
        if let Some(theme) = memory.theme.filter(|theme| self.state.themes.contains(theme)) {
            self.state.theme = theme;
        }
        if let Some(mode) = memory.images.as_deref().and_then(ImageMode::from_word) {
            self.state.images = mode;
        }
        self.splits = memory.panes.unwrap_or_default();
        self.state.histories = memory.answers;
        without
    }

    /// What the next run is to know.
    pub fn memory(&self, without: &Unremembered) -> Memory {
        let state = &self.state;
        Memory {
            theme: Some(state.theme.clone()).filter(|theme| *theme != without.theme),
            images: Some(state.images.word().to_owned()).filter(|_| state.images != without.images),
            panes: Some(self.splits).filter(|splits| *splits != Splits::default()),
            answers: state.histories.clone(),
        }
    }
}
