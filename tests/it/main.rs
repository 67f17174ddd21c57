//! The integration tests: one binary, so that it links once.

mod architecture;
mod engine_bridge;
mod engine_session;
mod real;
