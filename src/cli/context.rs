//! The environment of every verb: the settings with global flags applied, and the command-line definition.

use crate::cli::connection::ConnectionArgs;
use crate::cli::connection_sources::Sources;
use crate::cli::exit::Failure;
use crate::cli::output;
use natsbridge_app::Settings;
use natsbridge_engine::{ConnectOptions, Contexts};
use std::path::PathBuf;
use std::time::Duration;

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

impl Context {
    /// The connect options that these flags lead to; reports which context is used, what overrides it, and which secrets
    /// other users can see.
    pub fn connect_options(
        &self,
        args: &ConnectionArgs,
        connect_time: Option<Duration>,
    ) -> Result<ConnectOptions, Failure> {
        let variable = |name: &str| std::env::var(name).ok();
        let sources = Sources {
            args,
            variable: &variable,
            contexts: &Contexts::of(variable),
        };
        let resolved = sources.resolve(connect_time, &self.settings.limits)?;
        for note in &resolved.notes {
            output::note(note);
        }
        for warning in &resolved.warnings {
            output::warning(warning);
        }
        Ok(resolved.options)
    }
}
