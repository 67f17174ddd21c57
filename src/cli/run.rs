//! Entry point: parses arguments, runs the verb, turns its outcome into messages and an exit code.

use crate::cli::args::Cli;
use crate::cli::connection::ConnectionArgs;
use crate::cli::context::Context;
use crate::cli::examples::example_for;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::front_page::front_page;
use crate::cli::settings_file::SettingsFile;
use crate::cli::{logs, output};
use clap::{CommandFactory, FromArgMatches};
use natsbridge_app::read_settings;
use natsbridge_ui::{PanicPolicy, install_panic_hook, panic_report};
use natsbridge_wire::panics_are_caught;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

/// How long background work may delay the exit.
const LAST_WORK: Duration = Duration::from_millis(500);

/// Runs the command line.
pub fn run() -> ExitCode {
    install_panic_hook(PanicPolicy {
        expected: panics_are_caught,
        ..PanicPolicy::default()
    });
    let parsed = with_front_page().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(refusal) => {
            // Help goes to standard output, errors to standard error; both may be closed.
            let _ = refusal.print();
            if refusal.use_stderr() {
                output::note(&format!("For example: {}", example_for(std::env::args())));
            }
            return ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(Exit::Usage.code()));
        }
    };
    logs::start(&cli.settings.log);
    let outcome = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            // The hook has restored the terminal and written the report; what is left is the exit code.
            let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(dispatch(cli))));
            runtime.shutdown_timeout(LAST_WORK);
            outcome.unwrap_or_else(|_| Err(fault()))
        }
        Err(error) => Err(Failure::new(
            Exit::Fault,
            format!("Cannot start the runtime: {error}."),
        )),
    };
    ExitCode::from(conclude(outcome).code())
}

/// The command line as clap knows it: verbs, flags, help.
pub fn definition() -> clap::Command {
    Cli::command()
}

/// The same, whose own help is the page of all verbs.
fn with_front_page() -> clap::Command {
    let definition = definition();
    let page = front_page(&definition);
    definition.override_help(page)
}

async fn dispatch(cli: Cli) -> Outcome {
    let connection = ConnectionArgs {
        connect_time: cli.timeout,
        ..cli.connection
    };
    let verb = cli.verb.unwrap_or_default().with(connection, cli.stats)?;
    let file = SettingsFile::read(cli.settings.config.as_deref())?;
    let (settings, mut mistakes) = read_settings(&file.text);
    let settings = cli.settings.over(settings, &mut mistakes)?;
    settings.limits.clone().enforce();
    verb.run(Context {
        settings,
        mistakes,
        file,
        definition: definition(),
    })
    .await
}

fn conclude(outcome: Outcome) -> Exit {
    let exit = outcome.unwrap_or_else(|failure| {
        if let Some(message) = &failure.message {
            output::error(message);
        }
        failure.exit
    });
    output::tell_lost();
    exit
}

fn fault() -> Failure {
    let place = match panic_report() {
        Some(path) => format!(
            "The report is in {}: please send it to the maintainers, with what you did last; it holds nothing of \
             your messages and no secrets. If it happens again, run with --log FILE and send that file too.",
            path.display()
        ),
        None => {
            "The report could not be written; run with --log FILE, and send that file to the maintainers."
                .into()
        }
    };
    Failure::new(
        Exit::Fault,
        format!("natsbridge stopped because of an internal error.\n{place}"),
    )
}
