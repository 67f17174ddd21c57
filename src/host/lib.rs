//! What we serve ourselves so that nothing needs installing: the embedded broker, the file server
//! and the demo's scripted peers.

#[doc(hidden)]
pub mod broker;
mod demo;
mod fileserver;
mod listener;

pub use broker::{Broker, BrokerOptions, CutOff, CutOffReason};
pub use demo::{Demo, DemoAssets, DemoError, DemoOptions};
pub use fileserver::{Deposit, Deposits, FileHost, FileHostError, FileHostOptions, Storage, StorageError};
pub use listener::{ListenError, ServerKind};
