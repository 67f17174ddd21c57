//! Pipes and devices are named and refused wherever a file is asked for: they are never waited for and never read without end.

use crate::support::binary::{Folder, Peer, command, natsbridge};
use crate::support::broker_stand::broker;
use crate::support::tape_stand::{messages, publish};
use crate::support::trust::private;

/// What a verb says of a file that is none; it ends by itself.
fn refused(args: &[&str], config: &Folder) -> String {
    let mut line = command(args);
    line.env("XDG_CONFIG_HOME", config.path());
    let run = Peer::start(&mut line);
    let told = run.err.rest("the end").join("\n");
    assert_eq!(run.code(), Some(2), "{args:?}: {told}");
    told
}

#[test]
fn pipes_and_devices_are_refused_wherever_a_file_is_named() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    let pipe = pipe.display().to_string();
    let toml = folder.path().join("pipe.toml").display().to_string();
    std::os::unix::fs::symlink(&pipe, &toml).unwrap();
    for (place, what) in [(pipe.as_str(), "it is a pipe"), ("/dev/zero", "it is a device")] {
        let at = |before: &str| format!("{before}{place}");
        let (text, table, any) = (at("x=@"), at("x=@"), at("x=@"));
        let certificate = ["-s", "tls://127.0.0.1:1"];
        for args in [
            &["check", place][..],
            &["check", "--mend", "python", place],
            &["replay", place, "--dry-run"],
            &["open", place],
            &["listen", "a", "--creds", place],
            &["listen", "a", "--nkey", place],
            &[&["listen", "a", "--tlsca", place], &certificate[..]].concat(),
            &[
                &["listen", "a", "--tlscert", place, "--tlskey", place],
                &certificate[..],
            ]
            .concat(),
            &["listen", "a", "--config", place],
            &["send", "a", "--text", &text, "--dry-run"],
            &["send", "a", "--table", &table, "--dry-run"],
            &["send", "a", "--payload", &any, "--dry-run"],
        ] {
            let told = refused(args, &folder);
            // `open` says first that it needs a screen.
            assert!(
                told.contains(what) || told.contains("needs a terminal"),
                "{args:?}: {told}"
            );
        }
    }
    let told = refused(&["send", "a", "--draft", &toml], &folder);
    assert!(told.contains("it is a pipe"), "{told}");
    // What names the context, and what a context names.
    std::fs::create_dir_all(folder.path().join("nats/context")).unwrap();
    let context = |name: &str, text: &str| {
        private(&folder.path().join(format!("nats/context/{name}.json")), text);
    };
    context("creds", &format!(r#"{{"creds":"{pipe}"}}"#));
    context("secret", &format!(r#"{{"token":"file://{pipe}"}}"#));
    context("list", "[]");
    for (name, what) in [
        ("creds", "it is a pipe"),
        ("secret", "it is a pipe"),
        ("list", "list.json"),
    ] {
        let told = refused(&["listen", "a", "--context", name], &folder);
        assert!(told.contains(what), "{name}: {told}");
    }
    std::os::unix::fs::symlink(&pipe, folder.path().join("nats/context.txt")).unwrap();
    let told = refused(&["listen", "a"], &folder);
    assert!(told.contains("context.txt: it is a pipe"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tape_that_is_removed_while_it_is_recorded_is_told() {
    let (broker, folder) = (broker().await, Folder::new());
    let path = folder.path().join("tape.jsonl");
    let line = ["record", &path.display().to_string(), "t.>", "-s", &broker.url()];
    let recorder = Peer::start(&mut command(&line));
    recorder.err.wait_for("Recording t.>");
    publish(&broker.url(), &messages(7)).await;
    std::fs::remove_file(&path).unwrap();
    let told = recorder.err.rest("the end");
    assert!(
        told.iter().any(|line| line.contains("the file was removed")),
        "{told:?}"
    );
    assert_eq!(told.last().unwrap(), "lost 7 of 7 messages", "{told:?}");
    assert_eq!(recorder.code(), Some(1));
}

/// A number was once sent as a dictionary.
#[test]
fn a_dictionary_is_an_object_or_an_array() {
    for (value, code) in [("3", 2), ("\"x\"", 2), ("null", 2), ("{}", 0), ("[1]", 0)] {
        let run = natsbridge(&["send", "a", "--dictionary", &format!("d={value}"), "--dry-run"]);
        assert_eq!(run.code, Some(code), "{value}: {run:?}");
    }
}
