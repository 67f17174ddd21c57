//! The integration tests: one binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![expect(clippy::disallowed_methods, reason = "tests take the time and ids they need")]

mod architecture;
mod architecture_impls;
mod cli;
mod engine;
mod faults;
mod host;
mod packages;
mod peers;
mod screen;
mod support;
mod wire;
