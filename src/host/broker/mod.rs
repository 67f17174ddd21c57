//! The embedded broker: core NATS over TCP, for development and the demo.

mod client;
mod cut_off;
mod handshake;
mod outbox;
mod parser;
mod routes;
mod server;
mod session;
mod subjects;

pub use cut_off::{CutOff, CutOffReason};
pub use parser::{Op, Publish, Step, Violation, parse};
pub use server::{Broker, BrokerOptions};
