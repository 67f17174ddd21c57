//! `man`: the manual pages, as roff.

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::Out;
use std::path::{Path, PathBuf};

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Verb to print the manual page of
    verb: Option<String>,
    /// Writes all pages into this folder instead, as a package installs them
    #[arg(long, value_name = "DIR", conflicts_with = "verb")]
    dir: Option<PathBuf>,
}

impl Args {
    /// Prints the page, or writes them all.
    pub fn run(&self, mut definition: clap::Command) -> Outcome {
        definition.build();
        if let Some(dir) = &self.dir {
            write_all(definition, dir)?;
            return Ok(Exit::Done);
        }
        let page = match &self.verb {
            None => definition,
            Some(verb) => definition.find_subcommand(verb).cloned().ok_or_else(|| {
                Failure::usage(format!("Unknown verb {verb}.\nFor example: natsbridge man send"))
            })?,
        };
        Out::stdout().bytes(&roff(page)?)?;
        Ok(Exit::Done)
    }
}

/// `natsbridge.1`, `natsbridge-send.1` and so on.
fn write_all(definition: clap::Command, dir: &Path) -> Result<(), Failure> {
    let refused =
        |error: std::io::Error| Failure::usage(format!("Cannot write to {}: {error}.", dir.display()));
    std::fs::create_dir_all(dir).map_err(refused)?;
    let verbs: Vec<_> = definition.get_subcommands().cloned().collect();
    for page in std::iter::once(definition).chain(verbs) {
        let name = page.get_display_name().unwrap_or(page.get_name());
        let file = dir.join(format!("{name}.1"));
        std::fs::write(file, roff(page)?).map_err(refused)?;
    }
    Ok(())
}

fn roff(page: clap::Command) -> Result<Vec<u8>, Failure> {
    let mut roff = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut roff)
        .map_err(|error| Failure::new(Exit::Fault, format!("Cannot write the manual page: {error}.")))?;
    Ok(roff)
}
