//! Puts the workbench together: settings, session, terminal, signals, screen.

use super::args::SettingsArgs;
use super::exit::{Exit, Failure, Outcome};
use crate::engine::{Command, ConnectOptions, Event, Session, SessionOptions};
use crate::ui::{Signals, Terminal, TerminalSignal};
use crossterm::event::{Event as Input, EventStream, KeyCode, KeyModifiers};
use futures_util::StreamExt;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout;

/// What a workbench is opened with.
pub struct Workbench {
    /// The broker.
    pub connect: ConnectOptions,
    /// Patterns from the command line; none means those of the settings.
    pub subjects: Vec<String>,
    /// Flags before or after the verb.
    pub settings: SettingsArgs,
    /// Text of the settings file.
    pub settings_file: String,
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
    let _ = (workbench.settings_file, workbench.stats, workbench.settings.theme);
    let subjects = if workbench.subjects.is_empty() {
        vec![">".into()]
    } else {
        workbench.subjects
    };
    let mut session = Session::start(SessionOptions {
        connect: workbench.connect,
        subjects,
    });
    let no_screen =
        |error: io::Error| Failure::new(Exit::Fault, format!("Cannot use the terminal: {error}."));
    let mut signals = Signals::listen().map_err(no_screen)?;
    let mut terminal = Terminal::enter(!workbench.settings.no_mouse).map_err(no_screen)?;
    let mut input = EventStream::new();
    let exit = loop {
        terminal
            .screen()
            .draw(|frame| frame.render_widget("NATSBridge Workbench", frame.area()))
            .map_err(no_screen)?;
        tokio::select! {
            event = input.next() => match event {
                Some(Ok(Input::Key(key))) => match key.code {
                    KeyCode::Char('q') => break Exit::Done,
                    KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => break Exit::Done,
                    KeyCode::Char('z') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                        terminal.suspend().map_err(no_screen)?;
                    }
                    _ => {}
                },
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break Exit::Signal(1),
            },
            word = signals.next() => match word {
                TerminalSignal::Suspend => terminal.suspend().map_err(no_screen)?,
                TerminalSignal::Resumed => terminal.resume().map_err(no_screen)?,
                TerminalSignal::End(number) => break Exit::Signal(u8::try_from(number).unwrap_or(1)),
                TerminalSignal::Gone => break Exit::Signal(1),
            },
            () = super::stop::after(workbench.ends_after) => break Exit::Done,
        }
    };
    drop(terminal);
    if session.commands.send(Command::Quit).await.is_ok() {
        let ended = async { while !matches!(session.events.recv().await, Some(Event::Ended) | None) {} };
        let _ = timeout(Duration::from_secs(4), ended).await;
    }
    Ok(exit)
}
