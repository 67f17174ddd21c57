//! Entering the terminal, leaving it, and releasing it while suspended.

use super::input::{SharedInput, TerminalInput};
use super::output::Output;
use super::restore::{restore, take};
use super::signal::stop_until_continued;
use crate::graphics::TerminalGraphics;
use crate::shell::Screen;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{size, window_size};
use natsbridge_wire::Limits;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, TerminalOptions, Viewport};
use std::io::{self, BufWriter, Write};
use std::mem::ManuallyDrop;
use std::time::Duration;

/// How long to wait for the terminal to say what it can do; most answer within milliseconds, and a late answer is dropped.
const ANSWER_WAIT: Duration = Duration::from_millis(100);

/// Bytes that are written at once.
const FRAME: usize = 64 << 10;

/// The screen while we own it. Dropping it restores the terminal.
#[derive(Debug)]
pub struct Terminal {
    /// Never dropped: its own end shows the cursor, and panics if the terminal is gone by then.
    screen: ManuallyDrop<ratatui::Terminal<CrosstermBackend<BufWriter<Output>>>>,
    /// The part of it that is drawn.
    area: Rect,
    /// The largest part that may be.
    most: (u16, u16),
    mouse: bool,
    input: SharedInput,
    /// Whether another program has it.
    lent: bool,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports, and the mouse if wanted; reads it from
    /// here on.
    pub fn enter(mouse: bool, limits: &Limits) -> io::Result<Self> {
        let most = (limits.screen_columns, limits.screen_rows);
        let area = drawn(most)?;
        take(mouse)?;
        let options = TerminalOptions {
            viewport: Viewport::Fixed(area),
        };
        let mut input = SharedInput::new(limits.paste_bytes);
        let screen = Output::open().and_then(|output| {
            let output = CrosstermBackend::new(BufWriter::with_capacity(FRAME, output));
            ratatui::Terminal::with_options(output, options)
        });
        let screen = screen.and_then(|screen| input.open().map(|()| screen));
        Ok(Self {
            screen: ManuallyDrop::new(screen.inspect_err(|_| restore())?),
            area,
            most,
            mouse,
            input,
            lent: false,
        })
    }

    /// The terminal's image support beyond what the environment says: the terminal is asked if needed (primary device
    /// attributes).
    pub fn pictures(
        &mut self,
        variable: impl Fn(&str) -> Option<String>,
        ask: bool,
    ) -> io::Result<TerminalGraphics> {
        let mut pictures = TerminalGraphics::from_environment(&variable);
        pictures.cell = self.cell_pixels();
        if ask && pictures.unsure(&variable) {
            let out = self.screen.backend_mut();
            out.write_all(b"\x1b[c")?;
            out.flush()?;
            let attributes = self.input.attributes(ANSWER_WAIT);
            pictures.answered(&attributes.unwrap_or_default());
        }
        Ok(pictures)
    }

    /// Keys, mouse and the like.
    pub fn input(&self) -> TerminalInput {
        self.input.stream()
    }
}

/// The part of the window that is drawn: all of it, unless somebody claims that it is immense.
fn drawn(most: (u16, u16)) -> io::Result<Rect> {
    let (columns, rows) = size()?;
    Ok(Rect::new(0, 0, columns.min(most.0), rows.min(most.1)))
}

impl Screen for Terminal {
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        let area = drawn(self.most)?;
        if area != self.area {
            self.area = area;
            self.clear()?;
        }
        self.screen.draw(render).map(|_| ())
    }

    /// (`ratatui::Terminal::clear` would query the cursor position.)
    fn clear(&mut self) -> io::Result<()> {
        self.screen.resize(self.area)
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
            self.input.open()?;
        }
        self.clear()
    }

    /// By OSC 52, also over SSH and in tmux. The text is sent as base64, so it cannot act on the terminal; how much may
    /// be copied is the caller's limit.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.screen.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
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
            execute!(self.screen.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.screen.backend_mut(), DisableMouseCapture)
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}
