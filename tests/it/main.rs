//! The integration tests: one binary, so that it links once.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be made is a failed test"
)]

mod architecture;
mod wire_broken;
mod wire_golden;
mod wire_julia;
mod wire_properties;
mod wire_report;
