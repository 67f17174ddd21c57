//! What the tests stand on: real and scripted servers, the built program, a terminal, waits that name what they wait for.

pub mod binary;
pub mod broker_stand;
#[cfg(unix)]
pub mod bucket_stand;
#[cfg(unix)]
pub mod cluster_stand;
pub mod connection_stand;
pub mod disk_stand;
pub mod file_server_stand;
#[cfg(unix)]
pub mod foreign_texts;
#[cfg(unix)]
pub mod ground;
pub mod hostile_broker;
pub mod http_client;
pub mod http_stage;
pub mod link_server;
pub mod marked_sections;
pub mod meddler;
pub mod outbox_stand;
#[cfg(target_os = "linux")]
pub mod own_process;
pub mod parquet_bomb;
pub mod pty;
pub mod real;
pub mod screen_stand;
pub mod scripted_broker;
pub mod servers;
pub mod session_stand;
#[cfg(unix)]
pub mod small_disk;
pub mod spill_stand;
pub mod stream_stand;
pub mod tape_stand;
pub mod timeline_stand;
#[cfg(unix)]
pub mod tmux;
pub mod trust;
#[cfg(unix)]
pub mod verbs_stand;
pub mod waits;
#[cfg(unix)]
pub mod watch_stand;
