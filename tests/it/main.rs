//! The integration tests: one binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod architecture;
mod arrow_hostile;
mod arrow_tables;
mod binary;
mod broker;
mod broker_input;
mod broker_stand;
mod cli_real;
mod cli_send;
mod cli_usage;
mod demo;
mod engine_bridge;
mod engine_session;
mod julia_tables;
mod media;
#[cfg(unix)]
mod pty;
mod readme;
mod real;
mod screen_loop;
mod screens;
mod servers;
mod stream_follow;
mod stream_objects;
mod stream_publish;
mod stream_session;
mod streams;
mod wire_broken;
mod wire_golden;
mod wire_julia;
mod wire_properties;
mod wire_report;
mod wire_told;
mod wire_values;
