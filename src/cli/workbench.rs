//! Puts the workbench together: settings, session, terminal, signals, screen.

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::stop::after;
use crate::engine::{Command, ConnectOptions, Event, Session, SessionOptions};
use crate::ui::{Signals, Terminal, TerminalSignal};
use crossterm::event::{Event as Input, KeyCode, KeyModifiers};
use futures_util::StreamExt;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

/// How long flushing and leaving may delay the end.
const LAST_WORK: Duration = Duration::from_secs(4);

/// What a workbench is opened with.
pub struct Workbench {
    /// The broker.
    pub connect: ConnectOptions,
    /// Patterns from the command line; none means those of the settings.
    pub subjects: Vec<String>,
    /// Settings: flags and file.
    pub context: Context,
    /// Where to write the report at exit.
    pub stats: Option<PathBuf>,
    /// Ends by itself after that time.
    pub ends_after: Option<Duration>,
}

/// Refuses to open a screen where there is none.
pub fn require_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "The workbench needs a terminal, and standard input or output is none.\n\
         Without a screen there are: natsbridge listen SUBJECT, natsbridge demo --headless",
    ))
}

/// Runs the workbench until the person quits or the world ends it.
pub async fn run_workbench(workbench: Workbench) -> Outcome {
    let _ = (
        workbench.context.settings_file,
        workbench.stats,
        workbench.context.settings.theme,
    );
    let subjects = if workbench.subjects.is_empty() {
        vec![">".into()]
    } else {
        workbench.subjects
    };
    let mut session = Session::start(SessionOptions {
        connect: workbench.connect,
        subjects,
    });
    let mut signals = Signals::listen().map_err(no_screen)?;
    let mut terminal = Terminal::enter(!workbench.context.settings.no_mouse).map_err(no_screen)?;
    let outcome = tokio::select! {
        ended = show(&mut terminal, &mut signals) => ended.or_else(terminal_failed),
        () = after(workbench.ends_after) => Ok(Exit::Done),
    };
    drop(terminal);
    end(&mut session).await;
    outcome
}

/// The loop of the screen, until it quits (0) or a word from outside ends it.
async fn show(terminal: &mut Terminal, signals: &mut Signals) -> io::Result<Exit> {
    let mut input = terminal.input()?;
    loop {
        terminal
            .screen()
            .draw(|frame| frame.render_widget("NATSBridge Workbench", frame.area()))?;
        let word = tokio::select! {
            word = signals.next() => word,
            event = input.next() => match event {
                Some(Ok(Input::Key(key))) => match (key.modifiers, key.code) {
                    (KeyModifiers::CONTROL, KeyCode::Char('z')) => TerminalSignal::Suspend,
                    (KeyModifiers::CONTROL, KeyCode::Char('c')) | (_, KeyCode::Char('q')) => return Ok(Exit::Done),
                    _ => continue,
                },
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => TerminalSignal::Gone,
            },
        };
        match word {
            TerminalSignal::Suspend => terminal.suspend()?,
            TerminalSignal::Resumed => terminal.resume()?,
            TerminalSignal::End(number) => return Ok(Exit::Signal(number)),
            TerminalSignal::Gone => return Ok(HUNG_UP),
        }
    }
}

/// A terminal that is gone counts as SIGHUP.
const HUNG_UP: Exit = Exit::Signal(1);

/// A terminal that was one at the start and is none any more is gone: nobody is left to tell.
fn terminal_failed(error: io::Error) -> Outcome {
    match require_terminal() {
        Ok(()) => Err(no_screen(error)),
        Err(_) => Ok(HUNG_UP),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn no_screen(error: io::Error) -> Failure {
    Failure::new(Exit::Usage, format!("Cannot use the terminal: {error}."))
}

/// Leaves the broker in order; what it does not manage in time is cut.
async fn end(session: &mut Session) {
    if session.commands.send(Command::Quit).await.is_ok() {
        let ended = async { while !matches!(session.events.recv().await, Some(Event::Ended) | None) {} };
        // Running out of time is an end, too.
        let _ = timeout(LAST_WORK, ended).await;
    }
}
