//! The ground on which commands of help and of the pages are tried: the demo's broker and file server, peers that answer, and a
//! folder with the files that the commands name.

use crate::support::binary::{Folder, Lines, PATIENCE, Peer, command};
use crate::support::pty::Screen;
use natsbridge::{ConnectOptions, Connection, RespondOptions, Responding, SendOptions};
use natsbridge_engine::{Answer, FixedAnswerer};
use natsbridge_wire::Limits;
use portable_pty::CommandBuilder;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// The files that the commands name, from the demo's own.
const FILES: &[(&str, &str)] = &[
    ("chart.png", "assets/demo/rings.png"),
    ("cat.png", "assets/demo/peer-avatar.png"),
    ("photo.png", "assets/demo/peer-avatar.png"),
    ("film.mp4", "assets/demo/clip.mp4"),
];
const ROWS: &str = "city,temp\nOslo,3.5\nLima,19\n";
/// Where somebody answers.
const ANSWERED: &[&str] = &[
    "/agent/time",
    "all.nodes",
    "/peer/echo",
    "/chat/room1",
    "/chat/room2",
];

/// What stands behind the ground as long as this is there.
pub struct Keepers {
    _demo: Peer,
    _peers: Vec<Responding>,
}

/// Where everything is, and what the files hold.
#[derive(Clone, Default)]
pub struct Ground {
    pub url: String,
    pub files: String,
    /// A tape of a few messages, and one of them.
    pub tape: Vec<u8>,
    pub message: Vec<u8>,
    /// The shapes of the messages on that tape.
    pub shapes: Vec<u8>,
}

impl Ground {
    pub async fn new() -> (Self, Keepers) {
        let demo = Peer::start(&mut command(&["demo", "--headless"]));
        let told: serde_json::Value = serde_json::from_str(&demo.out.wait_for("nats_url")).unwrap();
        let of = |key: &str| told[key].as_str().unwrap().to_owned();
        let (url, files) = (of("nats_url"), of("fileserver_url"));
        let connection = Connection::open(&ConnectOptions::from_urls(&url).unwrap())
            .await
            .unwrap();
        let mut peers = Vec::new();
        for subject in ANSWERED {
            let sending = SendOptions {
                fileserver_url: files.clone(),
                ..SendOptions::default()
            };
            let echo = FixedAnswerer::new(Answer::Echo, sending, Limits::default());
            let options = RespondOptions {
                subject: (*subject).into(),
                ..RespondOptions::default()
            };
            peers.push(
                Responding::start(&connection, options, Arc::new(echo))
                    .await
                    .unwrap(),
            );
        }
        let mut ground = Self {
            url,
            files,
            ..Self::default()
        };
        let (folder, taped) = (Folder::new(), "natsbridge record traffic.jsonl '>' --count 5");
        let (code, said) = ground.try_out(taped, &folder);
        assert_eq!(code, Some(0), "{taped}: {said}");
        ground.tape = std::fs::read(folder.path().join("traffic.jsonl")).unwrap();
        let learned = "natsbridge shape learn --from traffic.jsonl > shapes.json";
        let (code, said) = ground.try_out(learned, &folder);
        assert_eq!(code, Some(0), "{learned}: {said}");
        ground.shapes = std::fs::read(folder.path().join("shapes.json")).unwrap();
        let made = command(&["send", "/chat/room1", "--text", "message=Hello", "--dry-run"]).output();
        ground.message = made.unwrap().stdout;
        let keepers = Keepers {
            _demo: demo,
            _peers: peers,
        };
        (ground, keepers)
    }

    /// A folder with all that commands read, but for the tape where it is to be written.
    pub fn folder(&self, line: &str) -> Folder {
        let folder = Folder::new();
        let at = |name: &str| folder.path().join(name);
        for (name, from) in FILES {
            std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(from), at(name)).unwrap();
        }
        let write = |name: &str, bytes: &[u8]| std::fs::write(at(name), bytes).unwrap();
        write("rows.csv", ROWS.as_bytes());
        write("daily.csv", ROWS.as_bytes());
        write("message.json", &self.message);
        write("shapes.json", &self.shapes);
        write("tonight.jsonl", &self.tape);
        write(
            "hello.toml",
            b"subject = \"/chat/room1\"\n[[payloads]]\nname = \"message\"\nkind = \"text\"\ntext = \"Hello {{count}}\"\n",
        );
        write(
            "question.json",
            br#"{"subject": "/agent/time", "payloads": [{"name": "question", "kind": "text", "text": "now?"}]}"#,
        );
        write(
            "sum.py",
            b"#!/bin/sh\ncat >/dev/null; echo '{\"dataname\":\"sum\",\"value\":\"7\"}'\n",
        );
        std::process::Command::new("chmod")
            .arg("+x")
            .arg(at("sum.py"))
            .status()
            .unwrap();
        std::fs::create_dir(at("messages")).unwrap();
        write("messages/one.json", &self.message);
        if !line.contains("record") {
            write("traffic.jsonl", &self.tape);
        }
        let home = at("nats/context");
        std::fs::create_dir_all(&home).unwrap();
        if line.contains("context") && !line.contains("context add") {
            for name in ["local", "production"] {
                std::fs::write(
                    home.join(format!("{name}.json")),
                    format!("{{\"url\": \"{}\"}}", self.url),
                )
                .unwrap();
            }
        }
        folder
    }

    /// Tries a line as a shell runs it, in its folder. The code that it ends with, and what it said; one that never
    /// ends is ended once it has said something.
    pub fn try_out(&self, line: &str, folder: &Folder) -> (Option<i32>, String) {
        let line = self.adapted(line);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("exec {line}")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .current_dir(folder.path())
            .process_group(0);
        for (name, value) in self.variables(folder) {
            shell.env(name, value);
        }
        let mut child = shell.spawn().unwrap();
        let (out, err) = (
            Lines::of(child.stdout.take().unwrap()),
            Lines::of(child.stderr.take().unwrap()),
        );
        if never_ends(&line) {
            // What it says first, it says once it is at work.
            let first = if speaks_first_on_output(&line) { &out } else { &err };
            first.next(&line);
            end(&child);
            return (child.wait().unwrap().code(), String::new());
        }
        let code = code_of(&mut child, &line);
        let said = [out.rest(&line), err.rest(&line)].concat().join("\n");
        (code, said)
    }

    /// Opens a line that takes the screen, sees that it shows something, and quits.
    pub fn open(&self, line: &str, folder: &Folder) {
        let mut shell = CommandBuilder::new("sh");
        let place = folder.path().display();
        shell.args(["-c", &format!("cd {place} && exec {}", self.adapted(line))]);
        let mut screen = Screen::spawn_with(shell, |command| {
            for (name, value) in self.variables(folder) {
                command.env(name, value);
            }
        });
        screen.wait_for("Messages");
        screen.type_keys("\x03");
        assert_eq!(screen.code(), 0, "{line}:\n{}", screen.raw);
    }

    /// The line with this ground's addresses in place of those that it names.
    fn adapted(&self, line: &str) -> String {
        let line = line.replace("nats://broker.example:4222", &self.url);
        let line = line.replace("nats://127.0.0.1:4222", &self.url);
        let line = line
            .replace("http://localhost:8080", &self.files)
            .replace("http://127.0.0.1:8080", &self.files);
        let line = ["30s", "1m", "10m"].iter().fold(line, |line, time| {
            line.replace(&format!("--timeout {time}"), "--timeout 3s")
        });
        let takes_port = ["natsbridge serve", "natsbridge broker"]
            .iter()
            .any(|verb| line.starts_with(verb));
        if !takes_port {
            return line;
        }
        let words = line.split(" --listen ").collect::<Vec<_>>();
        let rest = words
            .get(1)
            .and_then(|rest| rest.split_once(' '))
            .map_or("", |(_, rest)| rest);
        format!("{} --listen 127.0.0.1:0 {rest}", words[0])
    }

    fn variables(&self, folder: &Folder) -> Vec<(&'static str, String)> {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_natsbridge"));
        let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
        let home = folder.path().display().to_string();
        vec![
            ("PATH", path),
            ("NATS_URL", self.url.clone()),
            ("NATSBRIDGE_FILESERVER_URL", self.files.clone()),
            ("XDG_CONFIG_HOME", home.clone()),
            ("XDG_STATE_HOME", home.clone()),
            ("HOME", home),
            ("TERM", "xterm-256color".into()),
        ]
    }
}

/// Whether a line takes the screen.
pub fn takes_the_screen(line: &str) -> bool {
    let verb = line.split_whitespace().nth(1);
    matches!(verb, None | Some("watch" | "open")) || (verb == Some("demo") && !line.contains("--headless"))
}

fn never_ends(line: &str) -> bool {
    let verb = line.split_whitespace().nth(1).unwrap_or_default();
    let bounded = line.contains("--count") || line.contains("--timeout");
    matches!(verb, "serve" | "broker" | "demo" | "reply") || (matches!(verb, "listen" | "record") && !bounded)
}

/// What one that never ends says first is an address, or a message of a stream.
fn speaks_first_on_output(line: &str) -> bool {
    let says = [
        "natsbridge serve",
        "natsbridge broker",
        "natsbridge demo",
        "natsbridge listen --jetstream",
    ];
    says.iter().any(|verb| line.starts_with(verb))
}

fn end(child: &Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
}

/// The code of one that ends by itself; one that waits for what does not come here is ended.
fn code_of(child: &mut Child, line: &str) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(ended) = child.try_wait().unwrap() {
            return ended.code();
        }
        assert!(started.elapsed() < PATIENCE, "{line} never ends");
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
}
