//! What the terminal sends: its bytes split into keys and reports, whatever comes in between, and handed on as events.

#[cfg(unix)]
mod events;
mod queue;
#[cfg(unix)]
mod reader;
#[cfg(not(unix))]
mod reader_elsewhere;
#[cfg(unix)]
mod splitter;
mod stream;

pub use stream::{SharedInput, TerminalInput};
