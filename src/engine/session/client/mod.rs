//! The NATS client under the session: its thread, its log, and the repair of bytes that it cannot read.

mod log_tap;
mod proxy;
mod repair;
pub(crate) mod thread;

pub(crate) use log_tap::Ending;
pub(crate) use proxy::RepairProxy;
pub(crate) use thread::ClientThread;
