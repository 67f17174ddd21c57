//! How the workbench looks and what it does with the mouse, as chosen by the user.

use super::inspector::ImageMode;

/// The appearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    /// Theme by name.
    pub theme: String,
    /// Themes there are to choose from.
    pub themes: Vec<String>,
    /// Whether mouse support is on.
    pub mouse: bool,
    /// How pictures are to be drawn.
    pub images: ImageMode,
    /// Whether the keys pressed are shown, for those who watch.
    pub shows_keys: bool,
}

impl Appearance {
    /// The place of the theme among those there are.
    pub(crate) fn theme_row(&self) -> usize {
        let row = self.themes.iter().position(|name| *name == self.theme);
        row.unwrap_or(0)
    }

    /// Shows another theme by its place.
    pub(crate) fn show_theme(&mut self, row: usize) {
        if let Some(name) = self.themes.get(row) {
            self.theme.clone_from(name);
        }
    }
}
