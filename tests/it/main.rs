//! The integration tests: one binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it leaves out"
)]

mod architecture;
mod binary;
mod cli_real;
mod cli_send;
mod cli_usage;
mod found;
#[cfg(unix)]
mod pty;
