//! Wrong usage is answered with what is wrong and exit code 2; help, completions and manual with 0.

use crate::support::binary::{Folder, command, finish, natsbridge};
use natsbridge_wire::{Limits, Value, decode_message};

/// Every verb, in the order in which help lists them.
const VERBS: [&str; 18] = [
    "watch",
    "demo",
    "open",
    "listen",
    "send",
    "request",
    "reply",
    "check",
    "probe",
    "doctor",
    "record",
    "replay",
    "serve",
    "broker",
    "context",
    "settings",
    "completions",
    "man",
];

#[test]
fn wrong_usage_is_code_2_and_says_what_is_wrong() {
    let missing = "@/does/not/exist.bin";
    for (args, what) in [
        (vec!["fly"], "fly"),
        (vec!["listen"], "SUBJECT"),
        (vec!["listen", "a..b"], "a token is empty"),
        (vec!["listen", "a", "--count", "0"], "--count"),
        (vec!["listen", "a", "--count", "x"], "--count"),
        (vec!["listen", "a", "--timeout", "5"], "5s, 500ms, 2m"),
        (vec!["listen", "a", "--nonsense"], "--nonsense"),
        (vec!["listen", "a", "--user", "u", "--token", "t"], "--token"),
        (vec!["send"], "SUBJECT"),
        (vec!["send", "a b", "--text", "m=x"], "white space"),
        (
            vec!["send", "chat.*", "--text", "m=x"],
            "for subscribing; name one subject",
        ),
        (vec!["send", "a"], "no payload"),
        (vec!["send", "a", "--text", "m"], "--text message='Hello'"),
        (vec!["send", "a", "--dictionary", "d={\"x\":}"], "byte 5"),
        (
            vec!["send", "a", "--dictionary", "d={\"x\":}"],
            "For example: --dictionary",
        ),
        (vec!["send", "a", "--jsontable", "d={}"], "array of row objects"),
        (vec!["send", "a", "--binary", missing], "NAME= is missing"),
        (
            vec!["send", "a", "--binary", "b=@/does/not/exist.bin"],
            "/does/not/exist.bin",
        ),
        (
            vec!["send", "a", "--binary", "b=@/does/not/exist.bin"],
            "For example: --binary data=@data.bin",
        ),
        (vec!["send", "a", "--text", "t=@"], "file name after @ is missing"),
        (vec!["send", "a", "--hologram", "h=x"], "--hologram"),
        (
            vec!["send", "a", "--hologram", "h=x"],
            "For example: natsbridge send",
        ),
        (
            vec!["listen", "a", "--nonsense"],
            "For example: natsbridge listen",
        ),
        (vec!["broker", "--listen", "nonsense"], "as HOST:PORT"),
        (vec!["send", "a", "--text", "m=x", "--dialect", "v9"], "v0.4.3"),
        (
            vec!["send", "a", "--text", "m=x", "--metadata", "[1]"],
            "JSON object",
        ),
        (vec!["send", "a", "--text", "m=x", "--metadata", "{\"a\""], "byte"),
        (
            vec!["send", "a", "--text", "m=x", "--transport", "pigeon"],
            "link",
        ),
        (
            vec!["send", "a", "--text", "m=x", "--fileserver", "ftp"],
            "http-put",
        ),
        (
            vec!["send", "a", "--text", "m=x", "--fileserver", "folder"],
            "--fileserver-place",
        ),
        (
            vec![
                "send",
                "a",
                "--text",
                "m=x",
                "--fileserver",
                "jetstream",
                "--fileserver-place",
                "a.b",
            ],
            "is not a bucket name",
        ),
        (vec!["serve", "--jetstream", "a b"], "is not a bucket name"),
        (vec!["serve", "--timeout", "1s"], "Only --jetstream connects"),
        (vec!["--timeout", "1s", "man"], "does not connect to a broker"),
        (vec!["send", "a", "--text", "m=x", "--rate", "fast"], "10/s"),
        (vec!["send", "a", "--text", "m=x", "-H", "nocolon"], "KEY:VALUE"),
        (
            vec!["send", "a", "--text", "m=x", "-H", "K:a\rb"],
            "a single line",
        ),
        (vec!["demo", "--seconds", "soon"], "--seconds"),
        (
            vec!["-s", "nats://h:1", "completions", "bash"],
            "does not connect to a broker",
        ),
        (vec!["completions", "tcsh-but-wrong"], "zsh"),
        (
            vec!["--config", "/does/not/exist.toml", "man"],
            "/does/not/exist.toml",
        ),
    ] {
        let run = natsbridge(&args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(run.err.contains(what), "{args:?}: {run:?}");
        assert_eq!(run.out, "", "{args:?}: data only on standard output");
    }
}

#[test]
fn what_was_meant_is_suggested() {
    for (args, what) in [
        (&["lisen", "a"][..], "listen"),
        (&["listen", "a", "--jsn"], "--json"),
        (&["send", "a", "--txt", "m=x"], "--text"),
        (&["context", "ad", "x"], "add"),
        (&["settings", "nonsense"], "natsbridge settings links"),
        (&["context", "edit", "none", "-s", "x"], "unknown context none"),
        (&["context", "add", "x"], "Nothing is given to save"),
    ] {
        let run = natsbridge(args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(
            run.err.to_lowercase().contains(&what.to_lowercase()),
            "{args:?}: {run:?}"
        );
    }
}

#[test]
fn the_manual_knows_its_verbs() {
    let run = natsbridge(&["man", "fly"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("Unknown verb fly"), "{run:?}");
}

#[test]
fn a_tab_separated_file_is_not_sent_as_one_column() {
    let folder = Folder::new();
    let table = format!("rows={}", folder.file("rows.tsv", b"id\tname\n1\tann\n"));
    let run = natsbridge(&["send", "a", "--table", &table, "--dry-run"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let decoded = decode_message(&run.out.into_bytes().into(), "a", &Limits::default());
    let Value::Table(table) = &decoded.payloads[0].value else {
        panic!("{decoded:?}");
    };
    assert_eq!(table.row_json(0).to_string(), r#"{"id":1,"name":"ann"}"#);
}

#[test]
fn help_gives_examples_and_keeps_settings_apart() {
    for verb in VERBS {
        let help = natsbridge(&[verb, "--help"]).out;
        let (own, settings) = help.split_once("\nSettings:").unwrap();
        assert!(!own.contains("--theme") && settings.contains("--theme"), "{help}");
        let (_, examples) = settings.split_once("\nExamples:").unwrap();
        assert!(examples.contains(&format!("natsbridge {verb}")), "{help}");
    }
    let listen = natsbridge(&["listen", "--help"]).out;
    let (own, _) = listen.split_once("\nStream:").unwrap();
    for flag in ["--count", "--json", "--save", "--fetch"] {
        assert!(own.contains(flag), "{flag}: {listen}");
    }
    let help = natsbridge(&["--help"]).out;
    assert!(help.lines().count() <= 40, "{help}");
    let lines: Vec<&str> = help.lines().collect();
    for verb in VERBS {
        assert!(
            lines
                .iter()
                .any(|line| line.get(10..).is_some_and(|line| line.starts_with(verb))),
            "{verb}: {help}"
        );
    }
    assert!(natsbridge(&["watch", "--help"]).out.contains("--stats"));
}

#[test]
fn without_a_terminal_the_workbench_says_so() {
    for args in [&["watch"][..], &[], &["demo"]] {
        let run = natsbridge(args);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains("needs a terminal"), "{run:?}");
    }
}

#[test]
fn no_broker_is_code_3_and_names_the_address() {
    for args in [
        &["listen", "a", "-s", "nats://127.0.0.1:1"][..],
        &["-s", "nats://127.0.0.1:1", "listen", "a"],
        &["--timeout", "9s", "-s", "nats://127.0.0.1:1", "listen", "a"],
        &[
            "--timeout",
            "9s",
            "-s",
            "nats://127.0.0.1:1",
            "serve",
            "--jetstream",
            "b",
        ],
        &["send", "a", "--text", "m=x", "-s", "nats://127.0.0.1:1"],
    ] {
        let run = natsbridge(args);
        assert_eq!(run.code, Some(3), "{args:?}: {run:?}");
        assert!(run.err.contains("127.0.0.1:1"), "{args:?}: {run:?}");
    }
}

#[test]
fn secrets_on_the_command_line_are_warned_of_and_never_repeated() {
    for args in [
        &["listen", "a", "-s", "nats://127.0.0.1:1", "--token", "S3CRET"][..],
        &[
            "listen",
            "a",
            "-s",
            "nats://127.0.0.1:1",
            "--user",
            "u",
            "--password",
            "S3CRET",
        ],
        &["listen", "a", "-s", "nats://u:S3CRET@127.0.0.1:1"],
    ] {
        let run = natsbridge(args);
        assert!(
            run.err.contains("Other users of this machine can see"),
            "{args:?}: {run:?}"
        );
        assert!(
            !run.err.contains("S3CRET") && !run.out.contains("S3CRET"),
            "{args:?}: {run:?}"
        );
    }
}

#[test]
fn secrets_do_not_reach_the_log() {
    let folder = Folder::new();
    let log = folder.path().join("log");
    let run = finish(
        command(&["listen", "a", "-s", "nats://u:S3CRET@127.0.0.1:1"])
            .env("NATSBRIDGE_LOG", "trace")
            .env("NATSBRIDGE_LOG_FILE", &log),
    );
    assert_eq!(run.code, Some(3), "{run:?}");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains("S3CRET") && !text.contains('\u{1b}'), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&log).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn completions_and_manual_know_every_verb() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = natsbridge(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{shell}");
        assert!(VERBS.iter().all(|verb| run.out.contains(verb)), "{shell}");
    }
    let manual = natsbridge(&["man"]);
    assert_eq!(manual.code, Some(0));
    assert!(manual.out.starts_with(".ie") && VERBS.iter().all(|verb| manual.out.contains(verb)));
    for verb in VERBS {
        let page = natsbridge(&["man", verb]);
        assert_eq!(page.code, Some(0), "{verb}");
        assert!(page.out.contains("SYNOPSIS"), "{verb}");
    }
}

#[test]
fn help_tells_exit_codes_and_every_kind() {
    let help = natsbridge(&["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.out.contains("Exit codes:"), "{}", help.out);
    let send = natsbridge(&["send", "--help"]).out;
    for row in natsbridge_wire::KINDS {
        assert!(send.contains(&format!("--{} ", row.name)), "{}", row.name);
    }
    for row in natsbridge_wire::DIALECTS {
        assert!(send.contains(row.name), "{}", row.name);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_and_a_closed_pipe_is_quiet() {
    use std::fs::OpenOptions;
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(&["man"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Cannot write to standard output"));

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(&["man"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

/// A forgotten `@` once sent the file's name as the heading of an empty table.
#[test]
fn a_table_without_its_at_sign_is_refused_and_an_empty_file_too() {
    let folder = crate::support::binary::Folder::new();
    let empty = folder.file("empty.csv", b"\n");
    for (value, what) in [
        ("rows=daily.csv".to_owned(), "written @FILE"),
        (format!("rows={empty}"), "no header line"),
    ] {
        let run = natsbridge(&["send", "a", "--dry-run", "--table", &value]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains(what), "{run:?}");
    }
}
