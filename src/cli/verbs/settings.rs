//! `settings`: every setting with its value, its default, its meaning, and where the value comes from.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output;
use crate::cli::output::{Out, json_line};
use natsbridge_app::{ShownSetting, read_settings, shown_settings};
use natsbridge_wire::SafeText;
use serde_json::json;

/// Arguments of `settings`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only the settings whose key begins so: links, limits.store, keys.quit
    #[arg(value_name = "KEY")]
    prefix: Option<String>,
    /// Only those that are not at their default
    #[arg(long)]
    changed: bool,
    /// JSON lines; also the default when standard output is not a terminal
    #[arg(long)]
    json: bool,
}

impl Args {
    /// Prints them.
    pub fn run(self, context: &Context) -> Outcome {
        let file = &context.file;
        for mistake in &context.mistakes {
            output::warning(mistake);
        }
        let of_file = shown_settings(&read_settings(&file.text).0, &file.text);
        let in_force = shown_settings(&context.settings, &file.text);
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let mut rows = in_force
            .into_iter()
            .zip(of_file)
            .filter(|(row, _)| row.key.starts_with(prefix) && (!self.changed || row.value != row.default));
        let mut out = Out::stdout();
        let place = file.path.as_ref().map(|path| path.display().to_string());
        let place = place.unwrap_or_else(|| "settings.toml".into());
        let json = self.json || !out.is_terminal();
        let mut rows = rows.by_ref().peekable();
        if rows.peek().is_none() && !prefix.is_empty() {
            return Err(Failure::usage(format!(
                "No setting begins with {prefix}.\nFor example: natsbridge settings links"
            )));
        }
        for (row, filed) in rows {
            let source = match () {
                () if row.value != filed.value => "command line",
                () if row.in_file => &place,
                () => "default",
            };
            if json {
                out.line(&as_json(&row, source))?;
            } else {
                for line in as_lines(&row, source) {
                    out.line(SafeText::new(&line).as_str())?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

fn as_json(row: &ShownSetting, source: &str) -> String {
    json_line(&json!({
        "key": row.key,
        "value": row.value,
        "default": row.default,
        "source": source,
        "meaning": row.meaning,
    }))
}

/// As the file has it, with what it means.
fn as_lines(row: &ShownSetting, source: &str) -> [String; 2] {
    let from = if row.value == row.default {
        source.to_owned()
    } else {
        format!("{source}; default {}", row.default)
    };
    [
        format!("{} = {}", row.key, row.value),
        format!("    {} [{from}]", row.meaning),
    ]
}
