//! What we serve ourselves: the broker, the file server and the demo, before real clients and rude ones.

mod broker;
#[cfg(target_os = "linux")]
mod broker_crowds;
mod broker_input;
mod demo;
mod file_server;
mod file_server_attacks;
mod file_server_bucket;
mod file_server_limits;
mod file_server_peers;
