//! What every verb is run with: the settings with the flags that all verbs take, the command line's definition.

use crate::app::Settings;
use std::path::PathBuf;

/// Flags that every verb takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SettingsArgs {
    /// Theme of the workbench
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// Leaves the mouse to the terminal
    #[arg(long, global = true)]
    pub no_mouse: bool,
    /// Settings file to use
    #[arg(long, global = true, value_name = "FILE")]
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

/// The surroundings of a verb.
#[derive(Debug)]
pub struct Context {
    /// The settings file with the flags laid over it.
    pub settings: Settings,
    /// What is wrong in the settings file, a sentence each.
    pub mistakes: Vec<String>,
    /// The definition that completions and manual derive from.
    pub definition: clap::Command,
}
