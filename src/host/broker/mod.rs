//! The embedded broker: core NATS over TCP, for development and the demo.

mod client;
mod handshake;
mod parser;
mod routes;
mod server;
mod session;
mod subjects;

pub use server::{Broker, BrokerOptions};
