//! Sending, receiving, links, streams, tapes and the session, against real brokers and against bad ones.

mod bad_file_servers;
mod bridge;
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
mod message_filter;
mod object_buckets;
mod one_examination;
mod outbox;
mod outbox_faults;
mod own_traffic;
mod permissions_and_requests;
mod poisoned_messages;
mod quitting;
mod receive_links;
#[cfg(unix)]
mod refused_connections;
mod saved_names;
mod sending_by_link;
mod session;
mod stream_follow;
mod stream_history;
mod stream_publish;
mod stream_session;
mod tape_damage;
mod tapes;
mod timeline;
mod tls_and_credentials;
mod uploads;
