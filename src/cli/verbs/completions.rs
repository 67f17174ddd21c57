//! `completions`: prints shell completion scripts.

use crate::cli::exit::{Exit, Outcome};
use crate::cli::output::Out;
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Shell
    shell: Shell,
}

impl Args {
    /// Prints the script.
    pub fn run(&self, mut definition: clap::Command) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut definition, "natsbridge", &mut script);
        Out::stdout().bytes(&script)?;
        Ok(Exit::Done)
    }
}
