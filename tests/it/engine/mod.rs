//! Sending, receiving, links, streams, tapes and the session, against real brokers and against bad ones.

mod bad_file_servers;
mod bridge;
mod broken_downloads;
mod broker_outages;
mod clock_skew;
mod compositions;
mod disordered_messages;
mod forbidden_links;
#[cfg(unix)]
mod full_disk;
mod hostile_brokers;
mod library;
mod links_there_and_back;
#[cfg(unix)]
mod lost_nodes;
mod message_filter;
mod object_buckets;
mod one_examination;
mod outbox;
mod outbox_faults;
mod own_traffic;
mod permissions_and_requests;
mod poisoned_messages;
mod protocol_faults;
mod quitting;
mod receive_links;
#[cfg(unix)]
mod refused_connections;
mod saved_names;
mod saved_tapes;
mod sending_by_link;
mod session;
#[cfg(unix)]
mod slow_reader;
mod spill;
#[cfg(unix)]
mod spill_faults;
mod stream_follow;
mod stream_history;
mod stream_publish;
mod stream_reading;
mod stream_session;
mod tape_damage;
mod tapes;
#[cfg(target_os = "linux")]
mod ten_million;
mod timeline;
mod tls_and_credentials;
mod uploads;
