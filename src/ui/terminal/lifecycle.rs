//! Entering the terminal, leaving it, and releasing it while suspended.

use super::attributes;
use super::input::{SharedInput, TerminalInput};
use super::restore::{restore, take};
use super::signal::stop_until_continued;
use crate::graphics::TerminalGraphics;
use crate::shell::Screen;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableMouseCapture, EnableMouseCapture, Event, poll};
use crossterm::execute;
use crossterm::terminal::window_size;
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use std::io::{self, Stdout};
use std::mem::ManuallyDrop;
use std::time::Duration;

/// The screen while we own it. Dropping it restores the terminal.
#[derive(Debug)]
pub struct Terminal {
    /// Never dropped: its own end shows the cursor, and panics if the terminal is gone by then.
    screen: ManuallyDrop<ratatui::Terminal<CrosstermBackend<Stdout>>>,
    mouse: bool,
    input: SharedInput,
    /// Whether another program has it.
    lent: bool,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports, and the mouse if wanted.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        take(mouse)?;
        let screen =
            ratatui::Terminal::new(CrosstermBackend::new(io::stdout())).inspect_err(|_| restore())?;
        Ok(Self {
            screen: ManuallyDrop::new(screen),
            mouse,
            input: SharedInput::default(),
            lent: false,
        })
    }

    /// The terminal's image support beyond what the environment says: the terminal is queried if needed. Also returns
    /// what was typed in the meantime. Call it before [`Terminal::input`].
    pub fn pictures(
        &mut self,
        variable: impl Fn(&str) -> Option<String>,
        ask: bool,
    ) -> io::Result<(TerminalGraphics, Vec<Event>)> {
        let mut pictures = TerminalGraphics::from_environment(&variable);
        pictures.cell = self.cell_pixels();
        if !ask || !pictures.unsure(&variable) {
            return Ok((pictures, vec![]));
        }
        let answer = attributes::ask()?;
        pictures.answered(&answer.attributes);
        Ok((pictures, answer.typed))
    }

    /// Keys, mouse and the like. To be asked for after anything that queries the terminal by itself.
    pub fn input(&self) -> io::Result<TerminalInput> {
        // Opens the source, or says why it cannot; the stream itself would panic then.
        poll(Duration::ZERO)?;
        self.input.open();
        Ok(self.input.stream())
    }
}

impl Screen for Terminal {
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        self.screen.draw(render).map(|_| ())
    }

    /// (`ratatui::Terminal::clear` would query the cursor position and compete with the event stream for the answer.)
    fn clear(&mut self) -> io::Result<()> {
        let size = self.screen.size()?;
        self.screen.resize(size.into())
    }

    /// As Ctrl+Z does. Everything is redrawn after that.
    fn suspend(&mut self) -> io::Result<()> {
        restore();
        stop_until_continued()?;
        // Who has it goes on with it.
        if self.lent { Ok(()) } else { self.resume() }
    }

    fn lend(&mut self) -> io::Result<()> {
        self.lent = true;
        self.input.close();
        restore();
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        take(self.mouse)?;
        if std::mem::take(&mut self.lent) {
            self.input.open();
        }
        self.clear()
    }

    /// By OSC 52, also over SSH and in tmux. The text is sent as base64, so it cannot act on the terminal; how much may
    /// be copied is the caller's limit.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    fn cell_pixels(&self) -> Option<(u16, u16)> {
        let size = window_size().ok()?;
        let cell = (
            size.width.checked_div(size.columns)?,
            size.height.checked_div(size.rows)?,
        );
        (cell.0 > 0 && cell.1 > 0).then_some(cell)
    }

    /// Without it the mouse, and selecting text, are the terminal's.
    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on {
            execute!(io::stdout(), EnableMouseCapture)
        } else {
            execute!(io::stdout(), DisableMouseCapture)
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}
