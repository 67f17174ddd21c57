//! The environment of every verb: the settings with global flags applied, and the command-line definition.

use natsbridge_app::Settings;
use std::path::PathBuf;

/// Keeps these flags from standing among the verb's own in its help.
const HEADING: &str = "Settings";

/// Flags that every verb takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SettingsArgs {
    /// Theme of the workbench
    #[arg(long, global = true, value_name = "NAME", help_heading = HEADING)]
    pub theme: Option<String>,
    /// Disables mouse support, so that the terminal keeps the mouse
    #[arg(long, global = true, help_heading = HEADING)]
    pub no_mouse: bool,
    /// Settings file to use
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    pub config: Option<PathBuf>,
}

impl SettingsArgs {
    /// Lays these flags over the settings.
    pub fn over(self, mut settings: Settings) -> Settings {
        settings.theme = self.theme.or(settings.theme);
        settings.mouse &= !self.no_mouse;
        settings
    }
}

/// The environment of a verb.
#[derive(Debug)]
pub struct Context {
    /// The settings file with the flags laid over it.
    pub settings: Settings,
    /// Errors in the settings file, a sentence each.
    pub mistakes: Vec<String>,
    /// The definition that completions and manual derive from.
    pub definition: clap::Command,
}
