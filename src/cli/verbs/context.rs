//! `context`: lists the contexts of `nats`.

use crate::cli::exit::{Exit, Outcome};
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use natsbridge_engine::{ContextInfo, Contexts};
use natsbridge_wire::SafeText;
use serde_json::json;
use unicode_width::UnicodeWidthStr;

/// Arguments of `context`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    deed: ContextCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ContextCommand {
    /// Lists the contexts: name, server, credentials, description; the selected one is marked
    Ls {
        /// JSON lines; also the default when standard output is not a terminal
        #[arg(long)]
        json: bool,
    },
}

impl Args {
    /// Does it.
    pub fn run(self) -> Outcome {
        let ContextCommand::Ls { json } = self.deed;
        let contexts = Contexts::of(|name| std::env::var(name).ok());
        let selected = contexts.selected();
        let mut facts = Vec::new();
        for name in contexts.names() {
            match contexts.facts(&name) {
                Ok(one) => facts.push((selected.as_ref() == Some(&name), name, one)),
                // One that is broken does not keep the others from being listed.
                Err(error) => output::warning(&error.to_string()),
            }
        }
        let mut out = Out::stdout();
        if facts.is_empty() {
            output::note("There are no contexts; create one with `nats context add`.");
        }
        if json || !out.is_terminal() {
            for (selected, name, facts) in &facts {
                out.line(&json_line(&json!({
                    "name": name,
                    "selected": selected,
                    "description": facts.description,
                    "server": facts.server,
                    "credentials": facts.credentials,
                    "path": facts.path.display().to_string(),
                })))?;
            }
        } else {
            for line in table(&facts) {
                out.line(SafeText::new(&line).as_str())?;
            }
        }
        Ok(Exit::Done)
    }
}

fn table(facts: &[(bool, String, ContextInfo)]) -> Vec<String> {
    let rows: Vec<[String; 5]> = facts
        .iter()
        .map(|(selected, name, facts)| {
            [
                format!("{} {name}", if *selected { '*' } else { ' ' }),
                facts.server.clone(),
                facts.credentials.into(),
                facts.description.clone(),
                facts.path.display().to_string(),
            ]
        })
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].width())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<_> = (0..5).map(width).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            let cells = cells.map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_marks_the_selected_one() {
        let facts = |server: &str| ContextInfo {
            description: "d".into(),
            server: server.into(),
            credentials: "creds",
            path: "/p".into(),
            exposed: false,
        };
        assert_eq!(
            table(&[
                (false, "a".into(), facts("nats://long:1")),
                (true, "bb".into(), facts("x"))
            ]),
            [
                "  a   nats://long:1  creds  d  /p",
                "* bb  x              creds  d  /p"
            ]
        );
    }
}
