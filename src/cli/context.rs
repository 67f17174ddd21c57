//! The environment of every verb: the settings with global flags applied, and the command-line definition.

use crate::cli::connection::ConnectionArgs;
use crate::cli::connection_sources::Sources;
use crate::cli::exit::Failure;
use crate::cli::logs::LogArgs;
use crate::cli::output;
use crate::cli::settings_file::SettingsFile;
use crate::cli::spill::Spill;
use natsbridge_app::Settings;
use natsbridge_engine::{BridgeError, ConnectOptions, ConnectionError, Contexts, ReadOnly};
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
    /// Shows the keys pressed, for presenting and recording
    #[arg(long, global = true, help_heading = HEADING)]
    pub show_keys: bool,
    /// Settings file to use
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    pub config: Option<PathBuf>,
    /// Nothing is published, uploaded or deleted; a verb that would is refused. Links are only fetched if asked for
    #[arg(long, global = true, help_heading = HEADING)]
    pub read_only: bool,
    /// Folder on disk for the messages that memory has no room for; off evicts the oldest instead [default: a quarter of the
    /// free disk, at most 8 GiB]
    #[arg(long, global = true, value_name = "DIR|off", help_heading = HEADING)]
    pub spill: Option<Spill>,
    #[command(flatten)]
    pub log: LogArgs,
}

impl SettingsArgs {
    /// Lays these flags over the settings; what proves to be wrong with those joins their mistakes.
    pub fn over(self, mut settings: Settings, mistakes: &mut Vec<String>) -> Result<Settings, Failure> {
        settings.theme = self.theme.or(settings.theme);
        settings.mouse &= !self.no_mouse;
        settings.show_keys |= self.show_keys;
        if self.read_only {
            settings.read_only = ReadOnly::Always;
        }
        // The first download of a link may consume its file.
        if settings.read_only == ReadOnly::Always {
            settings.links.fetch.allowed_hosts.clear();
        }
        mistakes.extend(Spill::decide(self.spill, &mut settings)?);
        Ok(settings)
    }
}

/// The environment of a verb.
#[derive(Debug)]
pub struct Context {
    /// The settings file with the flags laid over it.
    pub settings: Settings,
    /// The settings file itself.
    pub file: SettingsFile,
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
            contexts: &self.contexts(),
        };
        let resolved = sources.resolve(connect_time, &self.settings.limits)?;
        for note in &resolved.notes {
            output::note(note);
        }
        for warning in &resolved.warnings {
            output::warning(warning);
        }
        let mut options = resolved.options;
        options.read_only |= self.settings.read_only.covers(options.context.as_deref());
        Ok(options)
    }

    /// The contexts of `nats`, of which some may only read.
    pub fn contexts(&self) -> Contexts {
        let contexts = Contexts::of(|name| std::env::var(name).ok());
        contexts.guarded(self.settings.read_only.clone())
    }
}

/// Refuses for a verb that publishes or uploads what may only be read; the engine would, but later.
pub fn check_writable(connect: &ConnectOptions) -> Result<(), Failure> {
    if connect.read_only {
        return Err(BridgeError::from(ConnectionError::ReadOnly).into());
    }
    Ok(())
}
