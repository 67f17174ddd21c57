//! What every verb is run with: the flags that all take, the settings file's text, the command line's definition.

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

/// The surroundings of a verb.
#[derive(Debug)]
pub struct Context {
    /// Flags.
    pub settings: SettingsArgs,
    /// Text of the settings file.
    pub settings_file: String,
    /// The definition that completions and manual derive from.
    pub definition: clap::Command,
}
