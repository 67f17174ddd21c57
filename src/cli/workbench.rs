//! Puts the workbench together: settings, session, terminal, signals, screen.

use crate::cli::built_in_themes::built_in_themes;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::links::LinkArgs;
use crate::cli::memory::MemoryFile;
use crate::cli::output;
use crate::cli::settings_file::own_themes;
use crate::cli::stop::after;
use jiff::tz::TimeZone;
use natsbridge_app::{ImageMode, Settings, exposed_secrets};
use natsbridge_engine::clock;
use natsbridge_engine::{
    ConnectOptions, Contract, Fetcher, NewTape, SendOptions, Session, SessionOptions, TapeReader,
};
use natsbridge_ui::{
    Colours, Interrupt, RunError, RunOptions, RunReport, SavedState, Signals, Terminal, TerminalSignal,
    Themes, run,
};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

/// What the workbench opens.
pub enum Source {
    /// Live messages.
    Broker {
        /// The broker.
        connect: Box<ConnectOptions>,
        /// Patterns from the command line; none means those of the settings.
        subjects: Vec<String>,
        /// What is recorded to, from the first message on.
        record: Option<NewTape>,
    },
    /// A tape.
    Tape(Box<TapeReader>),
}

/// What a workbench is opened with.
pub struct Workbench {
    /// What it shows.
    pub source: Source,
    /// File server that links go to, where it is not that of the environment or the settings.
    pub fileserver_url: Option<String>,
    /// Settings: flags and file.
    pub context: Context,
    /// Where to write the report at exit.
    pub stats: Option<PathBuf>,
    /// Ends by itself after that time.
    pub ends_after: Option<Duration>,
    /// Whether it begins with the tour.
    pub tour: bool,
    /// The filter of the message list.
    pub filter: String,
    /// What messages are to look like.
    pub shapes: Option<Contract>,
    /// Whether the state is saved for the next run.
    pub remembers: bool,
}

/// Refuses to open a screen where there is none.
pub fn require_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "The workbench needs a terminal, but standard input or output is not one.\nWithout a screen, use \
         for example natsbridge listen SUBJECT or natsbridge demo --headless",
    ))
}

/// Runs the workbench until the user quits or it is terminated.
pub async fn run_workbench(workbench: Workbench) -> Outcome {
    let mut context = workbench.context;
    let (own_themes, mistakes) = own_themes();
    let variable = |name: &str| std::env::var(name).ok();
    let fetcher = Fetcher::new(
        context.settings.links.fetch.clone(),
        context.settings.limits.clone(),
    );
    let contexts = context.contexts();
    context.settings.tools.fill(is_installed);
    let connect = match &workbench.source {
        Source::Broker { connect, .. } => Some(connect),
        Source::Tape(_) => None,
    };
    let exposed = connect.map_or_else(Vec::new, |connect| exposed_secrets(&contexts, connect));
    let name = connect.and_then(|connect| connect.context.clone());
    let (sending, unusable) = sending(workbench.fileserver_url, &context);
    let receives = connect.is_some();
    let session = start(workbench.source, &context.settings, sending.clone(), &fetcher)?;
    if let Some(contract) = workbench.shapes {
        session.store.expect_shapes(contract);
    }
    let mistakes = exposed
        .into_iter()
        .chain(context.mistakes)
        .chain(mistakes)
        .chain(unusable);
    let memory_file = MemoryFile::of(name.as_deref());
    let (memory, welcome) = memory_file.load();
    let memory = if workbench.remembers {
        memory
    } else {
        SavedState::default()
    };
    let mut signals = Signals::listen_on_screen().map_err(no_screen)?;
    let settings = &context.settings;
    let mut terminal = Terminal::enter(settings.mouse, &settings.limits).map_err(no_screen)?;
    let asks = settings.images == ImageMode::Auto;
    let pictures = match terminal.pictures(variable, asks) {
        Ok(known) => known,
        Err(error) => return terminal_failed(error),
    };
    let options = RunOptions {
        settings: context.settings,
        mistakes: mistakes.collect(),
        themes: Themes::new(built_in_themes().chain(own_themes)),
        colours: Colours::from_environment(variable),
        terminal: pictures,
        zone: TimeZone::system(),
        fetcher,
        sending,
        contexts,
        context: name,
        editor: editor(variable),
        memory,
        welcome,
        tour: workbench.tour,
        filter: workbench.filter,
        clock: || clock::now_us(),
    };
    let input = terminal.input();
    let (interrupt, interrupts) = mpsc::channel(4);
    // External requests to quit are remembered here: the run itself only knows that it was asked to end.
    let ended_by = async {
        let mut time_is_up = std::pin::pin!(after(workbench.ends_after));
        loop {
            let word = tokio::select! {
                word = signals.next() => word,
                () = &mut time_is_up => {
                    let _ = interrupt.send(Interrupt::Quit).await;
                    return Exit::Done;
                }
            };
            let (asks, exit) = match word {
                TerminalSignal::Suspend => (Interrupt::Suspend, None),
                TerminalSignal::Resumed => (Interrupt::Resume, None),
                TerminalSignal::End(number) => (Interrupt::Quit, Some(Exit::Signal(number))),
                TerminalSignal::Gone => (Interrupt::Quit, Some(HUNG_UP)),
            };
            // A loop that has ended needs no more words.
            let _ = interrupt.send(asks).await;
            if let Some(exit) = exit {
                return exit;
            }
        }
    };
    // Boxed, because the whole workbench is in it.
    let running = Box::pin(run(options, session, &mut terminal, input, interrupts));
    let (exit, report) = finish(ended_by, running).await;
    drop(terminal);
    match report {
        Ok(report) => {
            if workbench.remembers {
                memory_file.save(&report.memory);
            } else if welcome {
                // The welcome is shown once.
                memory_file.save(&SavedState::default());
            }
            conclude(workbench.stats.as_deref(), &report, receives).map(|()| exit)
        }
        Err(RunError::Draw(error) | RunError::Read(error)) => terminal_failed(error),
    }
}

/// Whether there is a program of that name to run.
fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| {
        folder.join(program).is_file() || (cfg!(windows) && folder.join(format!("{program}.exe")).is_file())
    })
}

/// The external editor, as other programs find it.
fn editor(variable: impl Fn(&str) -> Option<String>) -> String {
    let set = |name| variable(name).filter(|editor| !editor.trim().is_empty());
    set("VISUAL")
        .or_else(|| set("EDITOR"))
        .unwrap_or_else(|| "vi".into())
}

/// How the workbench sends; where the settings name a file server that cannot be used, the default one, and why.
fn sending(fileserver_url: Option<String>, context: &Context) -> (SendOptions, Option<String>) {
    if let Some(fileserver_url) = fileserver_url {
        let sending = SendOptions {
            fileserver_url,
            ..SendOptions::default()
        };
        return (sending, None);
    }
    let (links, limits) = (&context.settings.links, &context.settings.limits);
    match LinkArgs::default().over(SendOptions::default(), links, limits, None) {
        Ok(sending) => (sending, None),
        Err(failure) => (SendOptions::default(), failure.message),
    }
}

/// Starts the session that the workbench shows.
fn start(
    source: Source,
    settings: &Settings,
    sending: SendOptions,
    fetcher: &Fetcher,
) -> Result<Session, Failure> {
    let (connect, mut subjects, record) = match source {
        Source::Tape(tape) => return Ok(Session::open_tape(*tape, &settings.limits, fetcher.clone())),
        Source::Broker {
            connect,
            subjects,
            record,
        } => (*connect, subjects, record),
    };
    if subjects.is_empty() {
        subjects.clone_from(&settings.subjects);
    }
    let options = SessionOptions {
        connect,
        subjects,
        sending,
        digest: true,
    };
    match record {
        Some(tape) => Ok(Session::start_recording(options, tape)?),
        None => Ok(Session::start(options)),
    }
}

/// Waits for the run; says with which exit it ended.
async fn finish<R>(ended_by: impl Future<Output = Exit>, running: impl Future<Output = R>) -> (Exit, R) {
    let (mut ended_by, mut running) = (std::pin::pin!(ended_by), std::pin::pin!(running));
    tokio::select! {
        biased;
        exit = &mut ended_by => (exit, running.await),
        report = &mut running => (Exit::Done, report),
    }
}

/// Says what came when there was no screen any more, and what was lost; writes the report.
fn conclude(path: Option<&Path>, report: &RunReport, receives: bool) -> Result<(), Failure> {
    for (severity, text) in &report.last_words {
        output::tell(*severity, text);
    }
    if receives {
        output::lost(report.lost, report.received);
    }
    let Some(path) = path else { return Ok(()) };
    let text = serde_json::to_string_pretty(report).map_err(io::Error::from);
    text.and_then(|text| std::fs::write(path, text + "\n"))
        .map_err(|error| {
            Failure::usage(format!(
                "Cannot write the --stats report to {}: {error}.\nFor example: --stats stats.json",
                path.display()
            ))
        })
}

/// A terminal that is gone counts as SIGHUP.
const HUNG_UP: Exit = Exit::Signal(1);

/// A terminal that existed at the start and is gone now: nobody is left to tell.
fn terminal_failed(error: io::Error) -> Outcome {
    match require_terminal() {
        Ok(()) => Err(no_screen(error)),
        Err(_) => Ok(HUNG_UP),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature map_err asks for")]
fn no_screen(error: io::Error) -> Failure {
    Failure::new(Exit::Usage, format!("Cannot use the terminal: {error}."))
}
