//! `--read-only`, and the contexts that are so in the settings: nothing is published, uploaded or deleted, by no verb, by no key,
//! and by no function of the library.

use crate::support::binary::{Folder, Run, command, finish};
use crate::support::servers::nats_server_with;
use natsbridge::{Bridge, ConnectOptions, Payload, RequestOptions, SendOptions};
use natsbridge_engine::{Connection, ConnectionError, ObjectBucket, Outgoing, publish_acknowledged};
use natsbridge_host::{Broker, BrokerOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

async fn broker() -> Broker {
    let options = BrokerOptions {
        listen: "127.0.0.1:0".into(),
        ..BrokerOptions::default()
    };
    Broker::start(options).await.unwrap()
}

fn read_only(url: &str) -> ConnectOptions {
    ConnectOptions {
        read_only: true,
        ..ConnectOptions::from_urls(url).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_connection_publishes_uploads_and_deletes_nothing() {
    let broker = broker().await;
    let watching = Connection::open(&ConnectOptions::from_urls(&broker.url()).unwrap())
        .await
        .unwrap();
    let mut seen = watching.subscribe(&["a.>"]).await.unwrap();
    let connection = Connection::open(&read_only(&broker.url())).await.unwrap();
    assert!(connection.server().read_only);
    let message = Outgoing {
        subject: "a.b",
        payload: b"x",
        ..Outgoing::default()
    };
    assert_eq!(connection.publish(message).await, Err(ConnectionError::ReadOnly));
    assert_eq!(connection.deliver(message).await, Err(ConnectionError::ReadOnly));
    assert!(
        publish_acknowledged(&connection, message)
            .await
            .unwrap_err()
            .to_string()
            .contains("read-only")
    );
    assert!(
        ObjectBucket::open(&connection, "files")
            .await
            .unwrap_err()
            .to_string()
            .contains("read-only")
    );
    // Nothing is uploaded for a message that cannot be sent.
    let uploaded = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&uploaded);
    let options = SendOptions {
        size_threshold: 1,
        fileserver: Some(natsbridge::file_server_fn(move |_, _, _| {
            noted.store(true, Ordering::Relaxed);
            async { Err(natsbridge::LinkError::handler("never")) }
        })),
        ..SendOptions::default()
    };
    let bridge = Bridge::over(connection.clone());
    let sent = bridge.send("a.b", Payload::text("m", "long"), &options).await;
    assert!(sent.unwrap_err().to_string().contains("read-only"));
    let asked = bridge
        .request(
            "a.b",
            Payload::text("m", "x"),
            &SendOptions::default(),
            RequestOptions::default(),
        )
        .await;
    assert!(asked.err().unwrap().to_string().contains("read-only"));
    assert!(!uploaded.load(Ordering::Relaxed));
    // Reading goes on, and what others publish comes.
    let mut read = connection.subscribe(&["a.>"]).await.unwrap();
    let last = Outgoing {
        subject: "a.last",
        ..message
    };
    watching.deliver(last).await.unwrap();
    assert_eq!(&*seen.next().await.unwrap().subject, "a.last");
    assert_eq!(&*read.next().await.unwrap().subject, "a.last");
}

/// The verbs that would write, each with what it needs.
const WRITING: &[&[&str]] = &[
    &["send", "a", "--text", "m=x"],
    &["request", "a", "--text", "m=x"],
    &["reply", "a", "--echo"],
    &["probe", "a"],
    &["replay", "tape.jsonl"],
    &["serve", "--jetstream", "files"],
];

fn refused(run: &Run, args: &[&str]) {
    assert_eq!(run.code, Some(3), "{args:?}: {run:?}");
    assert!(
        run.err.contains("read-only") && run.err.contains("settings"),
        "{args:?}: {run:?}"
    );
}

#[test]
fn every_verb_that_writes_is_refused_by_the_flag_before_it_connects() {
    for args in WRITING.iter().chain(
        [
            &["serve"][..],
            &["send", "a", "--text", "m=x", "-s", "nats://127.0.0.1:1"][..],
        ]
        .iter(),
    ) {
        refused(&finish(command(args).arg("--read-only")), args);
    }
    let shown = finish(&mut command(&[
        "send",
        "a",
        "--text",
        "m=x",
        "--dry-run",
        "--read-only",
    ]));
    assert_eq!(shown.code, Some(0), "{shown:?}");
}

#[test]
fn a_context_is_read_only_in_the_settings_and_others_are_not() {
    let home = Folder::new();
    let at = |path: &str| home.path().join(path);
    std::fs::create_dir_all(at("nats/context")).unwrap();
    std::fs::create_dir_all(at("natsbridge")).unwrap();
    std::fs::write(at("natsbridge/settings.toml"), "read_only = [\"prod\"]\n").unwrap();
    for name in ["prod", "test"] {
        let context = "{\"url\": \"nats://127.0.0.1:1\"}";
        std::fs::write(at(&format!("nats/context/{name}.json")), context).unwrap();
    }
    let run = |args: &[&str], context: &str| {
        let mut command = command(args);
        finish(
            command
                .args(["--context", context])
                .env("XDG_CONFIG_HOME", home.path()),
        )
    };
    for args in WRITING {
        refused(&run(args, "prod"), args);
    }
    let other = run(WRITING[0], "test");
    assert!(
        other.code == Some(3) && other.err.contains("127.0.0.1:1") && !other.err.contains("read-only"),
        "{other:?}"
    );
}

/// A stream can still be read, which takes a consumer of its own.
#[test]
fn streams_can_be_read() {
    let Some(server) = nats_server_with("jetstream {}") else {
        return;
    };
    let url = server.url();
    let listed = finish(command(&["doctor", "--read-only", "-s", &url]).env("TERM", "xterm-256color"));
    assert!(
        listed.out.contains("JetStream with 0 streams") && listed.out.contains("read-only"),
        "{listed:?}"
    );
}
