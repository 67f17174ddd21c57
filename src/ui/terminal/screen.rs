//! The terminal as the screen of the loop.

use super::lifecycle::Terminal;
use crate::shell::Screen;
use ratatui::Frame;
use std::io;

impl Screen for Terminal {
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        self.screen().draw(render).map(|_| ())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.redraw()
    }

    fn suspend(&mut self) -> io::Result<()> {
        Terminal::suspend(self)
    }

    fn lend(&mut self) -> io::Result<()> {
        Terminal::lend(self);
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        Terminal::resume(self)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        Terminal::copy(self, text)
    }

    fn cell_pixels(&self) -> Option<(u16, u16)> {
        Terminal::cell_pixels(self)
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.set_mouse(on)
    }
}
