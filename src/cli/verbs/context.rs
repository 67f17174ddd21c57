//! `context`: lists the contexts of `nats`, makes, changes, selects, removes and tries them.

use crate::cli::asked_secret::asked_secret;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::doctor::{Report, look_at_broker};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use natsbridge_engine::{ContextDraft, ContextInfo, Contexts, Secret, sentence};
use natsbridge_wire::SafeText;
use serde_json::json;
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

/// Stands for a secret that is asked for.
const ASKED: &str = "-";

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
    /// Makes a context, in a file that only you can read
    Add {
        /// Its name
        name: String,
        /// Uses it where no context and no server is named
        #[arg(long)]
        select: bool,
        #[command(flatten)]
        fields: Fields,
    },
    /// Changes the fields of a context that are given; an empty value takes one out
    Edit {
        /// Its name
        name: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Uses a context where no context and no server is named
    Select {
        /// Its name
        name: String,
    },
    /// Removes a context
    Rm {
        /// Its name
        name: String,
    },
    /// Connects as a context says, and tells what it finds
    Test {
        /// Its name [default: the selected one]
        name: Option<String>,
        /// JSON lines
        #[arg(long)]
        json: bool,
    },
}

/// What a context holds, under the names of the flags that it replaces.
#[derive(Debug, clap::Args)]
struct Fields {
    /// What it is, for people
    #[arg(long)]
    description: Option<String>,
    /// Domain of JetStream, where it is not the account's own
    #[arg(long, value_name = "NAME")]
    jetstream_domain: Option<String>,
    /// The rest. `--password -` and `--token -` ask for the secret without showing it.
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl Args {
    /// Does it.
    pub async fn run(self, context: &Context) -> Outcome {
        let contexts = context.contexts();
        match self.deed {
            ContextCommand::Ls { json } => return list(&contexts, json),
            ContextCommand::Add { name, select, fields } => {
                let path = fields.save(contexts.create(&name).map_err(refused)?)?;
                output::note(&format!("Saved the context {name} in {}.", path.display()));
                if select {
                    contexts.select(&name).map_err(refused)?;
                } else {
                    output::note(&format!("Try it with: natsbridge context test {name}"));
                }
            }
            ContextCommand::Edit { name, fields } => {
                let path = fields.save(contexts.change(&name).map_err(refused)?)?;
                output::note(&format!("Saved the context {name} in {}.", path.display()));
            }
            ContextCommand::Select { name } => {
                contexts.select(&name).map_err(refused)?;
                output::note(&format!("Selected the context {name}."));
            }
            ContextCommand::Rm { name } => {
                contexts.remove(&name).map_err(refused)?;
                output::note(&format!("Removed the context {name}."));
            }
            ContextCommand::Test { name, json } => return test(context, name, json).await,
        }
        Ok(Exit::Done)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature map_err asks for")]
fn refused(error: natsbridge_engine::ContextError) -> Failure {
    Failure::usage(sentence(&error))
}

impl Fields {
    /// Asks for the secrets that are to be asked for, and saves all that is given.
    fn save(self, mut draft: ContextDraft) -> Result<PathBuf, Failure> {
        let connection = self.connection;
        if connection.context.is_some() || connection.connection_name.is_some() {
            return Err(Failure::usage(
                "A context holds no --context and no --connection-name.\nFor example: natsbridge context add \
                 production --server nats://broker.example:4222 --user ann --password -",
            ));
        }
        let path = |path: Option<PathBuf>| path.map(|path| path.display().to_string());
        let secret = |given: Option<Secret>, what| match given {
            Some(given) if given.expose() == ASKED => asked_secret(what).map(Some),
            given => Ok(given),
        };
        let password = secret(connection.password, "Password")?;
        let token = secret(connection.token, "Token")?;
        let exposed = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
        let mut given = connection.tlsfirst;
        for (field, text) in [
            ("description", self.description),
            ("url", connection.server),
            ("user", connection.user),
            ("password", exposed(password)),
            ("token", exposed(token)),
            ("creds", path(connection.creds)),
            ("nkey", exposed(connection.nkey)),
            ("cert", path(connection.tlscert)),
            ("key", path(connection.tlskey)),
            ("ca", path(connection.tlsca)),
            ("inbox_prefix", connection.inbox_prefix),
            ("jetstream_domain", self.jetstream_domain),
        ] {
            given |= text.is_some();
            if let Some(text) = text {
                draft.set(field, &text);
            }
        }
        if connection.tlsfirst {
            draft.set_tls_first(true);
        }
        if !given {
            return Err(Failure::usage(
                "Nothing is given to save.\nFor example: natsbridge context edit production --server \
                 nats://broker.example:4222",
            ));
        }
        draft.save().map_err(refused)
    }
}

/// Connects, and tells what is there.
async fn test(context: &Context, name: Option<String>, json: bool) -> Outcome {
    let contexts = context.contexts();
    let selected = || {
        contexts.selected().map_err(refused)?.ok_or_else(|| {
            Failure::usage("No context is selected.\nFor example: natsbridge context test production")
        })
    };
    let name = name.map_or_else(selected, Ok)?;
    // Alone: the environment may name another broker.
    let mut connect = contexts.load(&name).map_err(refused)?;
    connect.limits = context.settings.limits.clone();
    let mut report = Report::new(json);
    look_at_broker(&connect, &[], &mut report).await?;
    Ok(match report.end() {
        Exit::No => Exit::NoConnection,
        exit => exit,
    })
}

fn list(contexts: &Contexts, json: bool) -> Outcome {
    let selected = contexts.selected().unwrap_or_else(|error| {
        output::warning(&sentence(&error));
        None
    });
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
        output::note("There are no contexts; create one with `natsbridge context add`.");
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
