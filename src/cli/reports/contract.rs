//! The interface of report formats: they receive every message, and the end.

use crate::cli::exit::Failure;
use crate::cli::output::Out;
use natsbridge_engine::Checked;

/// A way to write down what was found.
pub trait Report {
    /// Takes the next message.
    fn message(&mut self, checked: &Checked, out: &mut Out) -> Result<(), Failure>;

    /// Writes what is left to be written once everything was checked.
    fn end(&mut self, out: &mut Out) -> Result<(), Failure> {
        let _ = out;
        Ok(())
    }
}
