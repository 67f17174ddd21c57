//! What we serve ourselves so that nothing needs installing: the embedded broker and the demo's scripted peers.

mod broker;
mod demo;

pub use broker::{Broker, BrokerError, BrokerOptions};
pub use demo::{Demo, DemoError, DemoOptions};
