//! Single keys for a verb that runs in line mode: no screen is taken, but keys arrive immediately.

use super::input::{SharedInput, TerminalInput};
use super::restore::{restore, take_keys};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use std::io;

/// What a key means to such a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKey {
    /// Pause, or go on.
    Pause,
    /// One step.
    Step,
    /// End.
    End,
    /// Ctrl+C, which comes as a key here.
    Interrupt,
}

/// The keys of the terminal. Dropping it restores line mode.
#[derive(Debug)]
pub struct LineKeys {
    keys: TerminalInput,
    /// Read as long as this is there.
    _input: SharedInput,
}

impl LineKeys {
    /// Takes the keys; lines end with carriage returns from here on.
    pub fn start() -> io::Result<Self> {
        take_keys()?;
        // Nothing is pasted here.
        let mut input = SharedInput::new(0);
        input.open().inspect_err(|_| restore())?;
        Ok(Self {
            keys: input.stream(),
            _input: input,
        })
    }

    /// The next key; waits forever once the terminal gives none.
    pub async fn next(&mut self) -> LineKey {
        loop {
            if let Some(Ok(event)) = self.keys.next().await
                && let Some(key) = meaning(&event)
            {
                return key;
            }
        }
    }

    /// A key that was pressed already.
    pub fn pressed(&mut self) -> Option<LineKey> {
        std::iter::from_fn(|| self.keys.ready()).find_map(|event| meaning(&event))
    }
}

impl Drop for LineKeys {
    fn drop(&mut self) {
        restore();
    }
}

fn meaning(event: &Event) -> Option<LineKey> {
    let Event::Key(key) = event else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(LineKey::Interrupt),
        KeyCode::Char(' ') => Some(LineKey::Pause),
        KeyCode::Char('.') | KeyCode::Enter => Some(LineKey::Step),
        KeyCode::Char('q') => Some(LineKey::End),
        _ => None,
    }
}
