//! The interface of report formats: they receive every message, and the end.

use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_engine::Checked;

/// A way to write down what was found.
pub trait Report {
    /// Takes the next message.
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure>;

    /// Takes what was not checked of a file: a tape that is damaged, a file that cannot be read. Whoever runs the check is told
    /// of it anyhow.
    fn lacking(&mut self, source: &str, text: &str, out: &mut Out) -> Result<(), Failure> {
        let _ = (source, text, out);
        Ok(())
    }

    /// Writes what is left to be written once everything was checked.
    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }
}
