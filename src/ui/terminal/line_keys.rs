//! Single keys for a verb that runs in line mode: no screen is taken, but keys arrive immediately.

use crossterm::event::{Event, EventStream, KeyCode, KeyEventKind, KeyModifiers, poll};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use futures_util::StreamExt;
use std::io;
use std::time::Duration;
use tokio::sync::mpsc;

/// Keys that may wait.
const QUEUE: usize = 64;

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
    keys: mpsc::Receiver<LineKey>,
    reading: tokio::task::JoinHandle<()>,
}

impl LineKeys {
    /// Takes the keys; lines end with carriage returns from here on.
    pub fn start() -> io::Result<Self> {
        enable_raw_mode()?;
        // Opens the source, or says why it cannot; the stream itself would panic then.
        poll(Duration::ZERO).inspect_err(|_| give_back())?;
        let (pressed, keys) = mpsc::channel(QUEUE);
        let reading = tokio::spawn(async move {
            let mut events = EventStream::new();
            while let Some(Ok(event)) = events.next().await {
                if let Some(key) = meaning(&event)
                    && pressed.send(key).await.is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { keys, reading })
    }

    /// The next key; waits forever once the terminal gives none.
    pub async fn next(&mut self) -> LineKey {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }

    /// A key that was pressed already.
    pub fn pressed(&mut self) -> Option<LineKey> {
        self.keys.try_recv().ok()
    }
}

impl Drop for LineKeys {
    fn drop(&mut self) {
        self.reading.abort();
        give_back();
    }
}

fn give_back() {
    // A terminal that is gone cannot be restored.
    let _ = disable_raw_mode();
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
