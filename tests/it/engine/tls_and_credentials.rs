//! TLS and every kind of credentials, end to end against real brokers, old and new: the engine, and the verbs through
//! a context of `nats`.

use crate::support::binary::{Folder, Peer, command, finish};
use crate::support::servers::{PATIENCE, RealServer, nats_server_with, old_nats_server_with};
use crate::support::trust::{Authority, Operator, Wish, private};
use natsbridge_engine::{ConnectOptions, Connection, Credentials, Outgoing};
use serde_json::{Value, json};

/// The current and the old server with the same configuration.
fn servers(config: &str) -> Vec<RealServer> {
    let both = [nats_server_with(config), old_nats_server_with(config)];
    both.into_iter().flatten().collect()
}

/// A message goes out and comes back.
async fn talks(options: &ConnectOptions) -> Connection {
    let connection = Connection::open(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let mut messages = connection.subscribe(&["talk"]).await.unwrap();
    let message = Outgoing {
        subject: "talk",
        payload: b"hello",
        ..Outgoing::default()
    };
    connection.publish(message).await.unwrap();
    let heard = tokio::time::timeout(PATIENCE, messages.next())
        .await
        .expect("the message");
    assert_eq!(&heard.unwrap().payload[..], b"hello");
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_credentials_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let pair = nkeys::KeyPair::new_user();
    let seed = pair.seed().unwrap();
    let config = format!(
        "authorization {{ users: [ {{ nkey: {} }}, {{ user: u, password: \"p@:/\" }} ] }}",
        pair.public_key()
    );
    let seed_file = private(&folder.path().join("user.nk"), &format!("{seed}\n"));
    for server in servers(&config) {
        for credentials in [
            Credentials::nkey(&seed),
            Credentials::NKeyFile(seed_file.clone()),
            Credentials::Password {
                user: "u".into(),
                password: "p@:/".into(),
            },
        ] {
            let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
            options.credentials = credentials;
            talks(&options).await;
        }
    }
    for server in servers("authorization { token: t0ken }") {
        talks(&ConnectOptions::from_urls(&format!("t0ken@{}", server.address())).unwrap()).await;
    }
    let operator = Operator::new();
    let (jwt, seed) = operator.user("ann", 0);
    let creds = private(&folder.path().join("ann.creds"), &operator.creds("ann", 0));
    for server in servers(&operator.server_config()) {
        for credentials in [
            Credentials::CredsFile(creds.clone()),
            Credentials::Jwt {
                jwt: jwt.as_str().into(),
                seed: Some(seed.as_str().into()),
            },
        ] {
            let mut options = ConnectOptions::from_urls(&server.url()).unwrap();
            options.credentials = credentials;
            options.inbox_prefix = Some("_MINE".into());
            let connection = talks(&options).await;
            assert!(connection.new_inbox().starts_with("_MINE."));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_certificate_is_an_identity() {
    let ours = Authority::new("our authority");
    let ca = ours.ca();
    let verify = format!("ca_file: {:?}, verify_and_map: true", ca.display().to_string());
    let config = ours.issue(&Wish::default()).server_config(&verify);
    let user = "authorization { users: [ { user: \"CN=ann\" } ] }";
    let client = ours.issue(&Wish {
        name: "ann",
        hosts: &[],
        ..Wish::default()
    });
    for server in servers(&format!("{config}{user}")) {
        // The options ask for TLS, whatever the scheme says; the name in the address is the one that is verified.
        for host in ["localhost", "127.0.0.1"] {
            let port = server.address().rsplit_once(':').unwrap().1.to_owned();
            let mut options = ConnectOptions::from_urls(&format!("nats://{host}:{port}")).unwrap();
            options.tls.ca = Some(ca.clone());
            (options.tls.cert, options.tls.key) = (Some(client.cert.clone()), Some(client.key.clone()));
            assert!(talks(&options).await.server().tls);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_servers_the_first_that_takes_us_is_used() {
    let ours = Authority::new("our authority");
    let config = ours.issue(&Wish::default()).server_config("");
    let other = nats_server_with("authorization { token: other }");
    for server in servers(&format!("{config}\nauthorization {{ token: t }}")) {
        let refusing = other.as_ref().map(RealServer::url).unwrap_or_default();
        let urls = format!("nats://127.0.0.1:1,{refusing},tls://t@{}", server.address());
        let mut options = ConnectOptions::from_urls(&urls).unwrap();
        // Given an authority, TLS is asked of all of them: the second does not even get as far as refusing.
        options.tls.ca = Some(ours.ca());
        let connection = talks(&options).await;
        assert_eq!(connection.server().address, server.address());
    }
}

#[test]
fn verbs_use_a_context_with_creds_and_tls() {
    let (ours, operator) = (Authority::new("our authority"), Operator::new());
    let folder = Folder::new();
    let creds = private(&folder.path().join("ann.creds"), &operator.creds("ann", 0));
    let config = ours.issue(&Wish::default()).server_config("");
    std::fs::create_dir_all(folder.path().join("nats/context")).unwrap();
    for server in servers(&format!("{config}{}", operator.server_config())) {
        let context = json!({"description": "test", "url": format!("tls://{}", server.address()),
            "creds": format!("file://$PLACE/{}", creds.file_name().unwrap().display()), "ca": ours.ca()});
        std::fs::write(
            folder.path().join("nats/context/secure.json"),
            context.to_string(),
        )
        .unwrap();
        let natsbridge = |args: &[&str]| {
            let mut command = command(args);
            command
                .env("XDG_CONFIG_HOME", folder.path())
                .env("PLACE", folder.path());
            command
        };
        let listener = Peer::start(&mut natsbridge(&[
            "listen",
            "talk",
            "--context",
            "secure",
            "--count",
            "1",
            "--timeout",
            "60s",
        ]));
        listener.err.wait_for("Listening on");
        // The same one, this time because it is selected.
        std::fs::write(folder.path().join("nats/context.txt"), "secure").unwrap();
        let sent = finish(&mut natsbridge(&["send", "talk", "--text", "m=hello", "--json"]));
        assert_eq!(sent.code, Some(0), "{sent:?}");
        assert!(sent.err.contains("Using the context secure"), "{sent:?}");
        let envelope: Value = serde_json::from_str(&sent.out).unwrap();
        assert!(!sent.out.contains("eyJ"), "{sent:?}");
        assert!(
            envelope
                .to_string()
                .contains(&format!("nats://{}", server.address())),
            "{envelope}"
        );
        let line: Value = serde_json::from_str(&listener.out.next("the message").unwrap()).unwrap();
        assert_eq!(line["envelope"]["payloads"][0]["value"], "hello");
        assert_eq!(listener.code(), Some(0));
        std::fs::remove_file(folder.path().join("nats/context.txt")).unwrap();
    }
}

#[test]
fn authorities_that_cannot_be_read_are_told() {
    let ours = Authority::new("our authority");
    for server in servers(&ours.issue(&Wish::default()).server_config("")) {
        let url = format!("tls://{}", server.address());
        let mut line = command(&["send", "a", "--text", "m=x", "-s", &url]);
        let run = finish(line.env("SSL_CERT_FILE", "/no/such/file"));
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(
            run.err.contains("/no/such/file") && run.err.contains("SSL_CERT_FILE"),
            "{run:?}"
        );
    }
}
