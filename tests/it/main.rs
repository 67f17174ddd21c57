//! The integration tests: one binary, so that it links once.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod architecture;
mod arrow_hostile;
mod arrow_tables;
mod binary;
mod broker;
mod broker_input;
mod broker_stand;
mod check;
mod check_corpus;
mod check_lines;
mod cli_fetch;
mod cli_real;
mod cli_request;
mod cli_send;
mod cli_usage;
mod compose;
mod compose_files;
mod composition;
mod composition_tables;
mod connection_stand;
mod contexts;
mod copy_as;
mod demo;
mod disk_stand;
mod draft;
mod echo_peers;
mod engine_bridge;
mod engine_session;
mod file_server_stand;
mod fileserver;
mod fileserver_attacks;
mod fileserver_bucket;
mod fileserver_peers;
mod hostile;
mod http_client;
mod http_stage;
#[cfg(unix)]
mod journey;
mod julia_tables;
mod link_server;
mod links_there_and_back;
mod marked_sections;
mod matrix;
mod media;
mod memory;
mod mended_peers;
mod message_filter;
mod outbox;
mod outbox_stand;
#[cfg(unix)]
mod peer_matrix;
mod pty;
mod readers;
mod readme;
mod real;
mod receive_links;
mod row_23_to_25;
mod row_26_to_28;
mod row_29_30;
#[cfg(unix)]
mod row_31;
mod row_32;
#[cfg(unix)]
mod row_33;
mod row_34_fileserver;
mod row_35_36;
mod row_36;
#[cfg(unix)]
mod row_37_to_39;
mod row_40_to_44;
mod row_41_to_47_outbox;
mod row_46_47;
mod row_48;
mod row_49;
mod row_57;
mod screen_bridge;
mod screen_comfort;
mod screen_doctor;
mod screen_links;
mod screen_loop;
mod screen_marks;
mod screen_payload;
mod screen_stand;
mod screen_tape;
mod screen_timeline;
mod screens;
mod send_by_link;
mod servers;
mod session_stand;
mod snapshots;
mod stored_payloads;
mod stored_tables;
mod stream_follow;
mod stream_objects;
mod stream_own;
mod stream_publish;
mod stream_session;
mod stream_stand;
mod streams;
mod table_rows;
mod tape;
mod tape_refusals;
mod tape_stand;
mod tape_verbs;
mod terminal;
mod timeline;
mod timeline_peer;
mod timeline_stand;
mod tls_and_creds;
#[cfg(unix)]
mod tmux;
mod trust;
mod upload;
mod upload_send;
mod wire_broken;
mod wire_golden;
mod wire_julia;
mod wire_properties;
mod wire_report;
mod wire_told;
mod wire_values;
