//! What the tests stand on: real and scripted servers, the built program, a terminal, waits that name what they wait for.

pub mod binary;
pub mod broker_stand;
pub mod connection_stand;
pub mod disk_stand;
pub mod file_server_stand;
pub mod hostile_broker;
pub mod http_client;
pub mod http_stage;
pub mod link_server;
pub mod marked_sections;
pub mod outbox_stand;
pub mod pty;
pub mod real;
pub mod screen_stand;
pub mod servers;
pub mod session_stand;
pub mod stream_stand;
pub mod tape_stand;
pub mod timeline_stand;
#[cfg(unix)]
pub mod tmux;
pub mod trust;
pub mod waits;
