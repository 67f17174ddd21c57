//! The terminal's life: entered once, given back once, whatever ends the program.

mod lifecycle;
mod panic_hook;
mod restore;
mod signals;
#[cfg(unix)]
mod watchdog;

pub use lifecycle::Terminal;
pub use panic_hook::{PanicPolicy, install_panic_hook, panic_report};
pub use signals::{Signals, TerminalSignal};
