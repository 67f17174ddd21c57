//! `doctor`, `settings` and `--log`: what they say of where they run.

use crate::support::binary::{Folder, Peer, Run, command, finish};
use crate::support::servers::nats_server_with;
use serde_json::Value;

/// What the doctor says of a part: states and words.
fn said(run: &Run, part: &str) -> Vec<(String, String)> {
    let lines = run
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of = lines.filter(|line| line["part"] == part);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    of.map(|line| (text(&line["state"]), text(&line["what"])))
        .collect()
}

fn says(run: &Run, part: &str, state: &str, what: &str) {
    let found = said(run, part)
        .iter()
        .any(|(is, words)| is == state && words.contains(what));
    assert!(found, "{part}: {state} {what:?}: {run:?}");
}

#[test]
fn the_doctor_finds_the_demo_well() {
    let demo = Peer::start(&mut command(&["demo", "--headless"]));
    let told: Value = serde_json::from_str(&demo.out.wait_for("nats_url")).unwrap();
    let of = |key: &str| told[key].as_str().unwrap().to_owned();
    let run = finish(
        command(&[
            "doctor",
            "chat.>",
            "-s",
            &of("nats_url"),
            "--fileserver-url",
            &of("fileserver_url"),
        ])
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8"),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    says(&run, "terminal", "good", "256 colours");
    says(&run, "settings", "note", "none are set");
    says(&run, "contexts", "note", "there are none");
    says(&run, "broker", "good", "nats-server");
    says(&run, "broker", "good", "may subscribe to chat.>");
    says(&run, "broker", "note", "no JetStream");
    says(&run, "file server", "good", "takes files");
    says(&run, "file server", "good", "one-shot");
}

#[test]
fn the_doctor_says_what_to_do_about_the_rest() {
    let home = Folder::new();
    std::fs::create_dir_all(home.path().join("natsbridge")).unwrap();
    std::fs::write(home.path().join("natsbridge/settings.toml"), "them = \"nord\"\n").unwrap();
    let run = finish(
        command(&[
            "doctor",
            "-s",
            "nats://127.0.0.1:1",
            "--fileserver-url",
            "http://127.0.0.1:1",
        ])
        .env("XDG_CONFIG_HOME", home.path())
        .env("TERM", "vt100"),
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    says(&run, "terminal", "caution", "16 colours");
    says(&run, "settings", "caution", "did you mean theme?");
    says(&run, "broker", "bad", "127.0.0.1:1");
    says(&run, "file server", "caution", "127.0.0.1:1");
}

#[tokio::test]
async fn the_doctor_compares_clocks_and_sees_what_is_not_permitted() {
    let config = "jetstream {}\nauthorization { users: [{user: u, password: p, permissions: {subscribe: {deny: \"secret.>\"}}}] }";
    let Some(server) = nats_server_with(config) else {
        return;
    };
    let url = server.url().replace("nats://", "nats://u:p@");
    let client = async_nats::ConnectOptions::with_user_and_password("u".into(), "p".into());
    let client = client.connect(server.url()).await.unwrap();
    let stream = async_nats::jetstream::stream::Config {
        name: "ORDERS".into(),
        ..Default::default()
    };
    async_nats::jetstream::new(client)
        .create_stream(stream)
        .await
        .unwrap();
    let run = finish(&mut command(&[
        "doctor",
        "chat.>",
        "secret.x",
        "-s",
        &url,
        "--read-only",
    ]));
    assert_eq!(run.code, Some(0), "{run:?}");
    says(&run, "broker", "good", "its clock is");
    says(&run, "broker", "caution", "secret.x");
    says(&run, "broker", "note", "read-only");
    says(&run, "file server", "note", "not tried");
}

#[test]
fn settings_say_where_each_value_comes_from() {
    let home = Folder::new();
    std::fs::create_dir_all(home.path().join("natsbridge")).unwrap();
    let file = home.path().join("natsbridge/settings.toml");
    std::fs::write(&file, "theme = \"nord\"\n[limits]\nlink_idle = \"2m\"\n").unwrap();
    let run = |args: &[&str]| {
        let run = finish(command(args).env("XDG_CONFIG_HOME", home.path()));
        assert_eq!(run.code, Some(0), "{run:?}");
        let lines = run
            .out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.collect::<Vec<_>>()
    };
    let all = run(&["settings"]);
    assert!(all.len() > 200, "{}", all.len());
    assert!(
        all.iter()
            .all(|row| row["meaning"].as_str().is_some_and(|text| text.ends_with('.')))
    );
    let changed = run(&["settings", "--changed", "--no-mouse"]);
    let row = |key: &str| changed.iter().find(|row| row["key"] == key).unwrap();
    assert_eq!(row("theme")["value"], "\"nord\"");
    assert_eq!(row("theme")["source"], file.display().to_string());
    assert_eq!(row("limits.link_idle")["default"], "\"10s\"");
    assert_eq!(row("mouse")["source"], "command line");
    assert!(
        run(&["settings", "links"])
            .iter()
            .all(|row| row["source"] == "default")
    );
}

#[test]
fn the_log_says_what_happens_and_no_secret() {
    let folder = Folder::new();
    let log = folder.path().join("log");
    let run = finish(command(&["listen", "a", "-s", "nats://u:S3CRET@127.0.0.1:1", "--log"]).arg(&log));
    assert_eq!(run.code, Some(3), "{run:?}");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(
        text.contains("natsbridge starts") && !text.contains("S3CRET"),
        "{text}"
    );
    let wrong = finish(command(&["listen", "a", "--log-level", "loud", "--log"]).arg(&log));
    assert!(
        wrong.code == Some(2) && wrong.err.contains("--log-level"),
        "{wrong:?}"
    );
}
