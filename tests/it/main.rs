//! The integration tests: one binary, so that it links once.

mod architecture;
mod binary;
mod cli_real;
mod cli_send;
mod cli_usage;
mod found;
#[cfg(unix)]
mod pty;
