//! The command line: global options, and the verb.

use crate::cli::connection::ConnectionArgs;
use crate::cli::context::SettingsArgs;
use crate::cli::exit::EXITS;
use crate::cli::literals::duration;
use crate::cli::verbs::Verb;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// An interactive terminal workbench for NATSBridge traffic over NATS.
///
/// Without a verb it opens the workbench, subscribed to everything.
#[derive(Debug, clap::Parser)]
#[command(name = "natsbridge", version, after_help = values_and_exit_codes(), infer_long_args = false)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// Writes a JSON report on exit: frames, latencies, counters, memory
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
    /// What applies to every verb.
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Connection flags; they may stand before the verb as well as after it.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Time to connect [env: NATS_TIMEOUT] [default: 5s]
    #[arg(long, value_name = "DUR", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// The verb; none opens the workbench.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// How values are written, said once for all flags, and how the process ends.
fn values_and_exit_codes() -> String {
    let mut text = String::from(
        "Values:\n  DUR    500ms, 5s, 2m, 1h30m, 1d\n  BYTES  1500, 500kB, 1.5MB, 1GiB\n  N/s    10/s, 0.5/s, 30/m\n\n\
         Exit codes:",
    );
    for (code, meaning) in EXITS {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n  {code:<4} {meaning}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn settings_may_stand_on_either_side_of_the_verb() {
        for line in [
            ["natsbridge", "--theme", "x", "demo"],
            ["natsbridge", "demo", "--theme", "x"],
        ] {
            assert_eq!(
                Cli::try_parse_from(line).unwrap().settings.theme.as_deref(),
                Some("x")
            );
        }
    }
}
