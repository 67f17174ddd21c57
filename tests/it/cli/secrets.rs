//! Row 33: secrets stay where they are. A canary in each place that may hold one is in no log, error, screen, report or sent
//! message. What somebody else's message holds is data: shown to who asks for it, but in no log; only credentials in
//! its `broker_url` are masked. Of panic reports see `terminal_restored`.

use crate::support::binary::{Folder, Peer, Run, command, finish};
use crate::support::pty::Screen;
use crate::support::servers::{RealServer, nats_server, nats_server_with};
use crate::support::trust::{Authority, Operator, Wish, private};
use natsbridge_engine::ConnectOptions;
use portable_pty::CommandBuilder;
use serde_json::json;
use std::path::{Path, PathBuf};

const CANARY: &str = "S3CRET-4711";

/// A place that holds a secret: what the binary is given, and what may be seen nowhere.
struct Place {
    name: &'static str,
    args: Vec<String>,
    set: Vec<(&'static str, String)>,
    canaries: Vec<String>,
}

fn place(name: &'static str, args: &[&str], set: &[(&'static str, &str)], canaries: &[&str]) -> Place {
    let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    Place {
        name,
        args: owned(args),
        set: set
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        canaries: owned(if canaries.is_empty() { &[CANARY] } else { canaries }),
    }
}

/// The ways to hand over a secret, for a server at `address`.
fn places(folder: &Path, address: &str, tls: &str, authority: &Authority) -> Vec<Place> {
    let file = |name: &str, text: &str| private(&folder.join(name), text).display().to_string();
    let url = format!("nats://{address}");
    let with_password = format!("nats://u:{CANARY}@{address}");
    let with_token = format!("nats://{CANARY}@{address}");
    let (jwt, jwt_seed) = Operator::new().user("ann", 0);
    let creds = file(
        "ann.creds",
        &format!(
            "---BEGIN NATS USER JWT---\n{jwt}\n---END---\n---BEGIN USER NKEY SEED---\n{jwt_seed}\n---END---\n"
        ),
    );
    let seed = nkeys::KeyPair::new_user().seed().unwrap();
    let seed_file = file("user.nk", &seed);
    let contexts = folder.join("nats/context");
    std::fs::create_dir_all(&contexts).unwrap();
    let context = |name: &str, fields: &serde_json::Value| {
        private(&contexts.join(format!("{name}.json")), &fields.to_string());
    };
    context("url", &json!({"url": with_password}));
    context(
        "fields",
        &json!({"url": url, "user": "u", "password": CANARY, "token": CANARY}),
    );
    context(
        "jwt",
        &json!({"url": url, "user_jwt": jwt, "user_seed": jwt_seed}),
    );
    context(
        "broken",
        &json!({"url": url, "token": CANARY, "password": [CANARY]}),
    );
    let pair = authority.issue(&Wish::default());
    let key = std::fs::read_to_string(&pair.key).unwrap();
    let line = key.lines().nth(1).unwrap();
    let path = |path: &PathBuf| path.display().to_string();
    let tls_flags = [
        "-s",
        tls,
        "--tlsca",
        &path(&authority.ca()),
        "--tlscert",
        &path(&pair.cert),
        "--tlskey",
        &path(&pair.key),
    ];
    vec![
        place("password in --server", &["-s", &with_password], &[], &[]),
        place("token in --server", &["-s", &with_token], &[], &[]),
        place(
            "--password",
            &["-s", &url, "--user", "u", "--password", CANARY],
            &[],
            &[],
        ),
        place("--token", &["-s", &url, "--token", CANARY], &[], &[]),
        place("--nkey", &["-s", &url, "--nkey", &seed], &[], &[&seed]),
        place(
            "a misspelt flag",
            &["-s", &url, &format!("--pasword={CANARY}")],
            &[],
            &[],
        ),
        place("NATS_URL", &[], &[("NATS_URL", &with_password)], &[]),
        place(
            "NATS_PASSWORD",
            &["-s", &url],
            &[("NATS_USER", "u"), ("NATS_PASSWORD", CANARY)],
            &[],
        ),
        place("NATS_TOKEN", &["-s", &url], &[("NATS_TOKEN", CANARY)], &[]),
        place("a context's url", &["--context", "url"], &[], &[]),
        place("a context's fields", &["--context", "fields"], &[], &[]),
        place("a context's JWT", &["--context", "jwt"], &[], &[&jwt, &jwt_seed]),
        place("a broken context", &["--context", "broken"], &[], &[]),
        place(
            "a creds file",
            &["-s", &url, "--creds", &creds],
            &[],
            &[&jwt, &jwt_seed],
        ),
        place("an nkey file", &["-s", &url, "--nkey", &seed_file], &[], &[&seed]),
        place("a private key", &tls_flags, &[], &[line]),
    ]
}

fn assert_silent(place: &Place, seen: &[(&str, &str)]) {
    for (what, text) in seen {
        for canary in &place.canaries {
            assert!(
                !text.contains(canary.as_str()),
                "{}: {canary} in {what}:\n{text}",
                place.name
            );
        }
    }
}

/// Runs a verb with all logs on; returns also what it logged.
fn logged(folder: &Path, place: &Place, args: &[&str]) -> (Run, String) {
    let log = folder.join(format!("log-{}", uuid::Uuid::new_v4().simple()));
    let mut command = command(args);
    command
        .args(&place.args)
        .env("XDG_CONFIG_HOME", folder)
        .env("NATSBRIDGE_LOG", "trace")
        .env("NATSBRIDGE_LOG_FILE", &log)
        .envs(place.set.iter().map(|(name, value)| (name, value)));
    let run = finish(&mut command);
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    (run, text)
}

/// Row 33.
#[test]
fn a_canary_in_sixteen_places_is_in_no_log_error_or_sent_message() {
    let folder = Folder::new();
    let authority = Authority::new("our authority");
    let config = authority.issue(&Wish::default()).server_config("");
    let tls = nats_server_with(&config);
    let tls_url = tls
        .as_ref()
        .map(|server| format!("tls://{}", server.address()))
        .unwrap_or_default();
    // One broker takes everybody, one refuses everybody, and at the last address there is none.
    let servers = [
        nats_server(),
        nats_server_with("authorization { user: x, password: y }"),
    ];
    let addresses = servers.iter().flatten().map(RealServer::address);
    let addresses: Vec<String> = addresses.chain(["127.0.0.1:1".to_owned()]).collect();
    let (mut sent, mut logs) = (0, 0);
    for address in &addresses {
        for place in places(folder.path(), address, &tls_url, &authority) {
            let (run, log) = logged(folder.path(), &place, &["send", "a", "--text", "m=x", "--json"]);
            assert_silent(
                &place,
                &[
                    ("the error", &run.err),
                    ("the message", &run.out),
                    ("the log", &log),
                ],
            );
            sent += usize::from(run.code == Some(0));
            logs += usize::from(log.contains("async_nats"));
        }
    }
    if servers.iter().all(Option::is_some) {
        assert!(
            sent >= 14,
            "most got through to the broker that takes everybody: {sent}"
        );
        assert!(logs >= 28, "the client did log: {logs}");
    }
    let (run, _) = logged(folder.path(), &place("ls", &[], &[], &[]), &["context", "ls"]);
    assert!(!run.out.contains(CANARY) && !run.err.contains(CANARY), "{run:?}");
}

/// Row 33.
#[test]
fn no_screen_and_no_report_shows_one() {
    let Some(server) = nats_server_with("authorization { user: x, password: y }") else {
        return;
    };
    let folder = Folder::new();
    let authority = Authority::new("our authority");
    let stats = folder.path().join("stats.json");
    for place in places(folder.path(), &server.address(), "tls://127.0.0.1:1", &authority) {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(["watch", "--stats", stats.to_str().unwrap()]);
        command.args(&place.args);
        let mut screen = Screen::spawn_with(command, |command| {
            command.env("XDG_CONFIG_HOME", folder.path());
            for (name, value) in &place.set {
                command.env(name, value);
            }
        });
        if place.name.contains("misspelt") || place.name.contains("broken") {
            assert_eq!(screen.code(), 2, "{}", screen.raw);
        } else {
            screen.wait_for("retries now");
            screen.type_keys("q");
            screen.code();
            let report = std::fs::read_to_string(&stats).unwrap();
            assert_silent(&place, &[("the report", &report)]);
        }
        assert_silent(&place, &[("the screen", &screen.raw)]);
    }
}

/// Row 33.
#[test]
fn what_others_send_is_in_no_log_and_credentials_in_addresses_are_masked() {
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let log = folder.path().join("log");
    let url = server.url();
    let listener = Peer::start(
        command(&[
            "listen",
            ">",
            "-s",
            &url,
            "--json",
            "--count",
            "2",
            "--timeout",
            "60s",
        ])
        .env("NATSBRIDGE_LOG", "trace")
        .env("NATSBRIDGE_LOG_FILE", &log),
    );
    listener.err.wait_for("Listening on");
    let mut watch = CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    watch.args(["watch", "-s", &url]);
    let mut screen = Screen::spawn(watch);
    screen.wait_for("2.");
    let envelope = json!({"correlationId": "c", "msgId": "m", "sendTo": "a", "msgPurpose": "chat", "senderName": "s",
        "brokerURL": format!("nats://u:{CANARY}@h:1"), "metadata": {}, "payloads": []});
    let mut peer = server.raw();
    peer.publish_with_header_block(
        "a",
        format!("NATS/1.0\r\nAuthorization: Bearer {CANARY}\r\n\r\n").as_bytes(),
        format!("{{\"password\": \"{CANARY}\"}}").as_bytes(),
    );
    peer.publish("b", envelope.to_string().as_bytes());
    peer.settle();
    let lines = listener.out.rest("two messages");
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].contains(CANARY),
        "it is what was sent, and what was asked for"
    );
    assert!(lines[1].contains("broker-url-credentials"), "{}", lines[1]);
    let errors = listener.err.rest("the end");
    assert!(!errors.concat().contains(CANARY), "{errors:?}");
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(
        log.contains("connected") && log.contains("bytes read") && !log.contains(CANARY),
        "{log}"
    );
    screen.wait_for("field 1 of");
    // To the inspector and down to its end.
    screen.type_keys("\tG");
    screen.wait_for("nats://•••@h:1");
    screen.type_keys("q");
    screen.code();
    assert!(!screen.raw.contains(&format!("u:{CANARY}@")), "{}", screen.raw);
}

/// Row 33.
#[test]
fn debug_output_of_options_holds_none() {
    let options = ConnectOptions::from_urls(&format!("nats://u:{CANARY}@h")).unwrap();
    assert!(!format!("{options:?} {options:#?}").contains(CANARY));
}
