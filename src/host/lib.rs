//! What we serve ourselves so that nothing needs installing: the embedded broker, the file server
//! and the demo's scripted peers.

mod broker;
mod demo;
mod fileserver;

pub use broker::{Broker, BrokerError, BrokerOptions};
pub use demo::{Demo, DemoError, DemoOptions};
pub use fileserver::{Deposit, Depot, FileHost, FileHostError, FileHostOptions, Storage};
