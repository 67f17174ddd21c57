//! The life of the terminal: entered once and restored once, however the program ends.

mod input;
mod lifecycle;
mod line_keys;
mod listening;
mod output;
mod panic_hook;
mod restore;
mod signal;
mod signals;
mod watchdog;

pub use lifecycle::Terminal;
pub use line_keys::{LineKey, LineKeys};
pub use panic_hook::{PanicPolicy, install_panic_hook, panic_report, redact};
pub use signal::TerminalSignal;
pub use signals::Signals;
