//! What the event loop needs from a terminal, so that tests can supply their own.

use ratatui::Frame;
use std::io;

/// A screen to draw on.
pub trait Screen {
    /// Draws one frame.
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()>;
    /// Forgets what is on screen, so that the next frame is drawn afresh.
    fn clear(&mut self) -> io::Result<()>;
    /// Gives the terminal back, stops the process, and takes the terminal again when it goes on.
    fn suspend(&mut self) -> io::Result<()>;
    /// Gives the terminal to another program; [`Screen::resume`] takes it back.
    fn lend(&mut self) -> io::Result<()>;
    /// Takes the terminal back after another program used it.
    fn resume(&mut self) -> io::Result<()>;
    /// Puts a text on the clipboard of the person's terminal.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Pixels of one cell, across and down, where the terminal says it.
    fn cell_pixels(&self) -> Option<(u16, u16)> {
        None
    }
    /// Takes the mouse or gives it back.
    fn mouse(&mut self, on: bool) -> io::Result<()>;
}
