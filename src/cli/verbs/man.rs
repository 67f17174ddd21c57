//! `man`: the manual page, as roff.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::Out;

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Verb to print the manual page of
    verb: Option<String>,
}

impl Args {
    /// Prints the page.
    pub fn run(&self, mut definition: clap::Command) -> Outcome {
        definition.build();
        let page = match &self.verb {
            None => definition,
            Some(verb) => definition.find_subcommand(verb).cloned().ok_or_else(|| {
                Failure::usage(format!("Unknown verb {verb}.\nFor example: natsbridge man send"))
            })?,
        };
        let mut roff = Vec::new();
        clap_mangen::Man::new(page)
            .render(&mut roff)
            .map_err(|error| Failure::new(Exit::Fault, format!("Cannot write the manual page: {error}.")))?;
        Out::stdout().bytes(&roff)?;
        Ok(Exit::Done)
    }
}
