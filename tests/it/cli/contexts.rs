//! `nats` contexts through the verbs: listed without their secrets, chosen by flag, variable and selection, with the
//! commands of secret stores, and refused in words.
#![cfg(unix)]

use crate::support::binary::{Folder, Run, command, finish};
use crate::support::servers::{RealServer, nats_server_with};
use crate::support::trust::{Operator, private};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

/// A home with contexts and commands.
struct Home(Folder);

impl Home {
    fn new() -> Self {
        let folder = Folder::new();
        for name in ["nats/context", "bin"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self(folder)
    }

    fn context(&self, name: &str, content: &Value) -> String {
        let path = self.0.path().join(format!("nats/context/{name}.json"));
        private(&path, &content.to_string()).display().to_string()
    }

    fn program(&self, name: &str, script: &str) {
        let path = private(
            &self.0.path().join("bin").join(name),
            &format!("#!/bin/sh\n{script}\n"),
        );
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run_with(&self, args: &[&str], set: &[(&str, &str)]) -> Run {
        let path = format!("{}:/usr/bin:/bin", self.0.path().join("bin").display());
        let mut command = command(args);
        command
            .env("XDG_CONFIG_HOME", self.0.path())
            .env("HOME", self.0.path())
            .env("PATH", path);
        finish(command.envs(set.iter().copied()))
    }

    fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// Whether a message gets through with this context.
    fn gets_through(&self, context: &str) {
        let run = self.run_with(
            &["send", "a", "--text", "m=x", "--context", context],
            &[("THE_TOKEN", "S3CRET")],
        );
        assert_eq!(run.code, Some(0), "{context}: {run:?}");
        assert!(
            !run.err.contains("S3CRET") && !run.out.contains("S3CRET"),
            "{run:?}"
        );
    }
}

fn locked() -> Option<RealServer> {
    nats_server_with("authorization { token: S3CRET }")
}

#[test]
fn context_ls_lists_them_without_secrets() {
    let home = Home::new();
    let path = home.context(
        "prod",
        &json!({"description": "the real one", "url": "nats://u:S3CRET@a:1,tls://b", "token": "S3CRET"}),
    );
    home.context("dev", &json!({"creds": "~/dev.creds"}));
    std::fs::write(
        home.0.path().join("nats/context/broken.json"),
        "{\"token\": \"S3CRET\"\n",
    )
    .unwrap();
    std::fs::write(home.0.path().join("nats/context.txt"), "prod\n").unwrap();
    let run = home.run(&["context", "ls"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines[1],
        json!({"name": "prod", "selected": true, "description": "the real one", "server": "nats://a:1,tls://b:4222",
            "credentials": "token", "path": path})
    );
    assert_eq!(
        (&lines[0]["name"], &lines[0]["selected"], lines.len()),
        (&json!("dev"), &json!(false), 2)
    );
    assert!(
        run.err.contains("broken.json") && run.err.contains("line 2"),
        "{run:?}"
    );
    assert!(
        !run.err.contains("S3CRET") && !run.out.contains("S3CRET"),
        "{run:?}"
    );
}

#[test]
fn references_lead_to_the_secret() {
    let Some(server) = locked() else { return };
    let home = Home::new();
    let file = private(&home.0.path().join("token"), "S3CRET\n");
    home.program(
        "op",
        "[ \"$1 $2\" = \"read op://vault/nats/token\" ] && echo S3CRET",
    );
    for (name, token) in [
        ("plain", "S3CRET".to_owned()),
        ("env", "env://THE_TOKEN".into()),
        ("file", format!("file://{}", file.display())),
        ("home", "file://~/token".into()),
        ("data", "data:;base64,UzNDUkVU".into()),
        ("op", "op://vault/nats/token".into()),
    ] {
        home.context(name, &json!({"url": server.url(), "token": token}));
        home.gets_through(name);
    }
    let by_path = home.context("plain", &json!({"url": server.url(), "token": "S3CRET"}));
    home.gets_through(&by_path);
}

#[test]
fn nsc_is_asked_for_creds_and_servers() {
    let operator = Operator::new();
    let Some(server) = nats_server_with(&operator.server_config()) else {
        return;
    };
    let home = Home::new();
    let creds = private(&home.0.path().join("u.creds"), &operator.creds("u", 0));
    let profile = json!({"user_creds": creds, "operator": {"service": [server.url()]}});
    home.program(
        "nsc",
        &format!("[ \"$1 $2 $3\" = \"generate profile nsc://op/acc/u\" ] && echo '{profile}'"),
    );
    home.context("old", &json!({"nsc": "nsc://op/acc/u"}));
    home.context("new", &json!({"creds": "nsc://op/acc/u", "url": server.url()}));
    home.gets_through("old");
    home.gets_through("new");
}

#[test]
fn what_cannot_be_used_is_refused_in_words() {
    let home = Home::new();
    home.context("op", &json!({"token": "op://v/i/f"}));
    home.context("nsc", &json!({"nsc": "nsc://o/a/u"}));
    home.context("env", &json!({"token": "env://NOT_SET_HERE"}));
    home.context("creds", &json!({"creds": "~/gone.creds"}));
    home.context("proxy", &json!({"socks_proxy": "socks5://h:1"}));
    for (context, words) in [
        (
            "op",
            &["token", "`op` is required but not installed", "op.json"][..],
        ),
        ("nsc", &["`nsc` is required but not installed"]),
        ("env", &["token", "NOT_SET_HERE is not set"]),
        ("creds", &["gone.creds", "cannot be read"]),
        ("proxy", &["socks_proxy", "tunnel"]),
        ("nope", &["unknown context nope", "creds, env, nsc, op, proxy"]),
    ] {
        let run = home.run(&["send", "a", "--text", "m=x", "--context", context]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(
            words.iter().all(|word| run.err.contains(word)),
            "{context}: {run:?}"
        );
    }
    home.program("op", "echo S3CRET; echo 'not signed in' >&2; exit 1");
    let run = home.run(&["send", "a", "--text", "m=x", "--context", "op"]);
    assert!(
        run.err.contains("not signed in") && !run.err.contains("S3CRET"),
        "{run:?}"
    );
}

#[test]
fn the_environment_beats_the_context_and_says_so() {
    let Some(server) = locked() else { return };
    let home = Home::new();
    let path = home.context("c", &json!({"url": "nats://127.0.0.1:1", "token": "S3CRET"}));
    let url = server.url();
    let run = home.run_with(
        &["send", "a", "--text", "m=x", "--context", "c"],
        &[("NATS_URL", &url)],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.err
            .contains("NATS_URL overrides the address of the context c"),
        "{run:?}"
    );
    let run = home.run_with(
        &["send", "a", "--text", "m=x"],
        &[("NATS_CONTEXT", "c"), ("NATS_URL", &url)],
    );
    assert!(
        run.err.contains("Using the context c, which NATS_CONTEXT names"),
        "{run:?}"
    );
    // Secrets that others can read are told of.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let run = home.run(&["send", "a", "--text", "m=x", "--context", "c", "-s", &url]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains(&format!("chmod 600 {path}")), "{run:?}");
}

#[test]
fn a_context_is_made_tried_changed_selected_and_removed() {
    let Some(server) = locked() else { return };
    let home = Home::new();
    let done = |args: &[&str]| {
        let run = home.run(args);
        assert_eq!(run.code, Some(0), "{args:?}: {run:?}");
        assert!(
            !run.err.contains("S3CRET") && !run.out.contains("S3CRET"),
            "{run:?}"
        );
        run
    };
    let url = server.url();
    // From a pipe, as a script hands it over.
    let mut add = command(&[
        "context",
        "add",
        "prod",
        "-s",
        &url,
        "--token",
        "-",
        "--description",
        "the real one",
    ]);
    add.env("XDG_CONFIG_HOME", home.0.path());
    let piped = home.0.path().join("secret");
    std::fs::write(&piped, "S3CRET\nmore\n").unwrap();
    add.stdin(std::fs::File::open(&piped).unwrap());
    let output = add.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let path = home.0.path().join("nats/context/prod.json");
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    home.gets_through("prod");
    assert!(done(&["context", "test", "prod"]).out.contains("nats-server"));
    let again = home.run(&["context", "add", "prod", "-s", "x"]);
    assert!(
        again.code == Some(2) && again.err.contains("context edit prod"),
        "{again:?}"
    );
    done(&["context", "select", "prod"]);
    assert!(done(&["context", "test"]).out.contains("may subscribe to >"));
    done(&["context", "edit", "prod", "--token", "wrong"]);
    let refused = home.run(&["context", "test", "prod"]);
    assert!(
        refused.code == Some(3) && refused.out.contains("\"bad\""),
        "{refused:?}"
    );
    done(&["context", "rm", "prod"]);
    assert!(
        home.run(&["context", "test"])
            .err
            .contains("No context is selected")
    );
    assert!(!path.exists());
}

#[test]
fn a_secret_is_asked_for_without_showing_it() {
    let home = Home::new();
    let mut asked = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
    asked.args([
        "context",
        "add",
        "prod",
        "-s",
        "nats://h:1",
        "--user",
        "ann",
        "--password",
        "-",
    ]);
    let mut screen = crate::support::pty::Screen::spawn_with(asked, |command| {
        command.env("XDG_CONFIG_HOME", home.0.path());
    });
    screen.wait_for("Password (not shown):");
    screen.type_keys("S3CRETT\x7f\r");
    screen.wait_for("Saved the context prod");
    assert_eq!(screen.code(), 0);
    assert!(!screen.raw.contains("S3CRET"), "{}", screen.raw);
    screen.assert_line_settings("at the end");
    let saved = std::fs::read_to_string(home.0.path().join("nats/context/prod.json")).unwrap();
    assert!(saved.contains("\"S3CRET\""), "{saved}");
}
