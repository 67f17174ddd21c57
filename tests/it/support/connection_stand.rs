//! What the tests of a single connection stand on: one that is open, its next message, and a peer that is asked once.

use crate::support::servers::{PATIENCE, RawPeer, RealServer};
use natsbridge_engine::{ConnectOptions, Connection, Messages, StoredMessage};
use std::thread::JoinHandle;

/// Connects.
pub async fn open(url: &str) -> Connection {
    Connection::open(&ConnectOptions::from_urls(url).unwrap())
        .await
        .unwrap()
}

/// The next message, which has to come.
pub async fn next(messages: &mut Messages) -> StoredMessage {
    tokio::time::timeout(PATIENCE, messages.next())
        .await
        .expect("no message came")
        .expect("the connection ended")
}

/// A peer that waits for one request on `subject` and does with its reply subject what it is told.
pub fn peer(
    server: &RealServer,
    subject: &str,
    does: impl FnOnce(&mut RawPeer, &str) + Send + 'static,
) -> JoinHandle<()> {
    let mut peer = server.raw();
    peer.subscribe(subject);
    std::thread::spawn(move || {
        let reply = peer.next_reply();
        does(&mut peer, &reply);
        peer.settle();
    })
}
