//! Row 36: brokers that mean ill. The session outlives them, says why, and is well with a good one afterwards.

use crate::support::hostile_broker::{Hostile, Script, scripts};
use crate::support::servers::PATIENCE;
use crate::support::session_stand::{connected, end, start_with, wait_for};
use futures_util::future::join_all;
use natsbridge_engine::{Command, ConnectionCommand, ConnectionState, Event};
use natsbridge_host::{Broker, BrokerOptions};
use std::net::TcpListener;
use std::time::Duration;

/// A good broker on the port that was left; a connection of another test may have taken that for a moment.
async fn good_one(name: &str, listen: String) -> Broker {
    let starting = async {
        loop {
            let options = BrokerOptions {
                listen: listen.clone(),
                ..BrokerOptions::default()
            };
            match Broker::start(options).await {
                Ok(broker) => return broker,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    let started = tokio::time::timeout(PATIENCE, starting).await;
    started.unwrap_or_else(|_| panic!("{name}: the port stays taken"))
}

/// Lives through one script, says what happened, and is well with a good broker on the same port afterwards.
async fn outlives(script: Script) {
    let name = script.name;
    let hostile = Hostile::start(script);
    let listen = hostile.address();
    let mut session = start_with(&listen, &["a"], |limits| {
        limits.connect_time = Duration::from_secs(1);
        limits.probe_interval = Duration::from_millis(300);
        limits.amber_after = Duration::from_millis(900);
        limits.dead_after = Duration::from_secs(2);
        limits.flush_time = Duration::from_millis(500);
        limits.received_message = 8 << 20;
        limits.storm_pause = Duration::from_millis(100);
        limits.retry_pause = Duration::from_millis(500);
    });
    let cause = wait_for(&mut session, name, |event| match event {
        Event::Connection(
            ConnectionState::Lost { cause, .. }
            | ConnectionState::Refused { cause, .. }
            | ConnectionState::Connecting {
                last_error: Some(cause),
                ..
            },
        ) => Some(cause.clone()),
        _ => None,
    })
    .await;
    assert!(cause.len() > 10, "{name}: {cause:?}");
    let sent = hostile.stop();

    // What was sent is an upper bound of what was kept; sockets hold some more than the client reads.
    assert!(sent < 64 << 20, "{name}: took {sent} bytes");
    let good = good_one(name, listen).await;
    session
        .commands
        .send(Command::Connection(ConnectionCommand::Reconnect))
        .await
        .unwrap();
    connected(&mut session).await;
    let peer = async_nats::connect(good.url()).await.unwrap();
    let told = async {
        while session.store.counters().stored == 0 {
            peer.publish("a", "good".into()).await.unwrap();
            peer.flush().await.unwrap();
            tokio::time::timeout(Duration::from_millis(50), session.events.recv())
                .await
                .ok();
        }
    };
    assert!(
        tokio::time::timeout(PATIENCE, told).await.is_ok(),
        "{name}: nothing came"
    );
    end(session).await;
}

/// Row 36.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_broker_is_survived_and_a_good_one_used_again() {
    let decoy = TcpListener::bind("127.0.0.1:0").unwrap();
    decoy.set_nonblocking(true).unwrap();
    let scripts = scripts(decoy.local_addr().unwrap().port());
    assert!(scripts.len() >= 20, "{}", scripts.len());
    join_all(scripts.into_iter().map(outlives)).await;
    let visited = decoy.accept().map(|(_, from)| from);
    assert_eq!(
        visited.map_err(|error| error.kind()),
        Err(std::io::ErrorKind::WouldBlock),
        "an address that a broker named was connected to"
    );
}
