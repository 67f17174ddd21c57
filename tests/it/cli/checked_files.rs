//! `check` never passes without checking: what a file is is found from its content and said, damage counts, odd files cost
//! only themselves.

use crate::support::binary::{Folder, Run, command, natsbridge};
use natsbridge_engine::{Headers, Incoming, Store, TapeOrigin, TapeSelection, save_tape};
use natsbridge_wire::{Limits, Unwatched};
use serde_json::Value;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

/// What every peer reads.
const GOOD: &str = r#"{"correlation_id":"256e050c-c0ea-4f6f-b042-359317418527","msg_id":"0d67f451-d4e0-4727-9b5b-5d6def3ff8c6","timestamp":"2026-02-22T14:16:57.123Z","send_to":"/chat/room1","msg_purpose":"chat","sender_name":"ada","sender_id":"cbd326ab-e213-4fef-9a7c-1991b289f9c2","receiver_name":"","receiver_id":"","reply_to":"","reply_to_msg_id":"","broker_url":"nats://localhost:4222","metadata":{},"payloads":[{"id":"9f5d77a1-5512-491b-935b-220e610531ce","dataname":"message","payload_type":"text","transport":"direct","encoding":"base64","size":5,"data":"SGVsbG8=","metadata":{}}]}"#;

/// What `nats sub --dump` writes of a message.
const DUMPED: &str = r#"{"Subject":"a.b","Reply":"","Header":null,"Data":"aGVsbG8="}"#;

fn write(folder: &Folder, name: &str, text: &str) -> String {
    folder.file(name, text.as_bytes())[1..].to_owned()
}

fn place(folder: &Folder) -> String {
    folder.path().display().to_string()
}

fn check(args: &[&str]) -> Run {
    natsbridge(&[&["check", "--json"], args].concat())
}

/// Source and codes of each message.
fn found(run: &Run) -> Vec<(String, Vec<String>)> {
    let line = |line: &str| {
        let told: Value = serde_json::from_str(line).unwrap();
        let codes = told["findings"].as_array().unwrap().iter();
        let codes = codes.map(|finding| finding["code"].as_str().unwrap().to_owned());
        let source = Path::new(told["source"].as_str().unwrap());
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        (name, codes.collect())
    };
    run.out.lines().map(line).collect()
}

fn said(run: &Run, what: &[&str]) {
    for what in what {
        assert!(run.err.contains(what), "{what}: {}", run.err);
    }
}

/// Such a folder was once taken for another tool's dump, and nothing of it was checked.
#[test]
fn a_folder_of_numbered_files_is_checked() {
    let folder = Folder::new();
    write(&folder, "1.json", GOOD);
    write(&folder, "2.json", "{");
    write(&folder, "10.json", GOOD);
    let run = check(&[&place(&folder)]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let expected = [
        ("1.json".to_owned(), vec![]),
        ("2.json".to_owned(), vec!["malformed-json".to_owned()]),
        ("10.json".to_owned(), vec![]),
    ];
    assert_eq!(found(&run), expected);
    said(&run, &["3 messages checked: 1 error", "Read as JSON: 3 files."]);
}

#[test]
fn a_folder_that_really_is_a_dump_is_read_as_one() {
    let folder = Folder::new();
    write(&folder, "1.json", DUMPED);
    write(&folder, "1_reply.json", DUMPED);
    write(&folder, "2.json", r#"{"Subject":"a.b","Data":"*"}"#);
    write(&folder, "beside.json", GOOD);
    let run = natsbridge(&["check", &place(&folder)]);
    assert_eq!(run.code, Some(1), "a message of it cannot be read: {run:?}");
    let told = [
        "3 messages checked",
        "Read as JSON: ",
        "; a dump of the nats command: ",
        ": The tape is damaged in one place",
    ];
    said(&run, &told);
}

#[test]
fn broken_json_is_found_and_nothing_checked_is_no_success() {
    let folder = Folder::new();
    for text in ["{", "{\"", "{\"a\":", "[{}", "{\"a\":1}}"] {
        let run = check(&[&write(&folder, "broken.json", text)]);
        assert_eq!(run.code, Some(1), "{text}: {run:?}");
        assert_eq!(found(&run)[0].1, ["malformed-json"], "{text}");
        let run = piped(text.as_bytes(), &[]);
        assert_eq!(run.code, Some(1), "{text}: {run:?}");
    }
    let empty = Folder::new();
    let nothing = write(&folder, "nothing", "");
    for args in [&[place(&empty).as_str()][..], &[&nothing, "--as", "lines"]] {
        let run = check(args);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}: {run:?}");
        said(&run, &["Nothing was checked"]);
    }
    // A message may have no body, and a file that is empty is one of these.
    assert_eq!(found(&check(&[&nothing]))[0].1, ["empty-message"]);
    let run = natsbridge(&["check", "--mend", "python", &place(&empty)]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

/// `check -` with that input.
fn piped(input: &[u8], args: &[&str]) -> Run {
    let mut child = command(&[&["check", "--json", "-"], args].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The lines of a tape of so many messages.
fn tape(folder: &Folder, messages: usize) -> Vec<Vec<u8>> {
    let store = Store::new(Limits::default().into());
    for at_us in 0..messages {
        store.append([Incoming {
            at_us: at_us as i64,
            subject: "/chat/room1",
            reply: None,
            headers: Headers::default(),
            payload: GOOD.as_bytes(),
        }]);
    }
    let (path, all) = (
        folder.path().join("whole.jsonl"),
        TapeSelection::Range(store.range()),
    );
    save_tape(&store, &all, &TapeOrigin::default(), &path, &Unwatched).unwrap();
    let text = std::fs::read(&path).unwrap();
    text.split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

#[test]
fn damage_of_a_tape_counts_into_the_exit_code_and_is_said() {
    let folder = Folder::new();
    let whole = tape(&folder, 300);
    let check_lines = |name: &str, lines: &[Vec<u8>]| {
        let file = folder.file(name, &lines.concat());
        natsbridge(&["check", &file[1..]])
    };
    let run = check_lines("sound.jsonl", &whole);
    assert_eq!(run.code, Some(0), "{run:?}");
    said(&run, &["300 messages checked", "Read as a tape: "]);
    let mut unreadable = whole.clone();
    for line in &mut unreadable[20..265] {
        line[40] ^= 1;
    }
    let run = check_lines("unreadable.jsonl", &unreadable);
    assert_eq!(run.code, Some(1), "{run:?}");
    said(&run, &["55 messages checked", "245 messages missing"]);
    let file = folder.path().join("unreadable.jsonl").display().to_string();
    let run = natsbridge(&["check", "--format", "sarif", &file]);
    let sarif: Value = serde_json::from_str(&run.out).unwrap();
    let runs = &sarif["runs"][0]["invocations"][0];
    assert_eq!(runs["executionSuccessful"], false);
    let notice = &runs["toolExecutionNotifications"][0];
    assert!(
        notice["message"]["text"]
            .as_str()
            .unwrap()
            .contains("245 messages missing"),
        "{notice}"
    );
    let run = natsbridge(&["check", "--format", "junit", &file]);
    assert!(
        run.out.contains(r#"tests="56" failures="0" errors="1""#),
        "{}",
        run.out
    );
    assert!(run.out.contains("245 messages missing"), "{}", run.out);
    let run = natsbridge(&["check", "--format", "html", &file]);
    assert!(run.out.contains("245 messages missing"), "{}", run.out);
    let run = check_lines("cut.jsonl", &whole[..whole.len() - 1]);
    assert_eq!(run.code, Some(1), "{run:?}");
    said(&run, &["300 messages checked", "ends without its last line"]);
    let run = check_lines("without.jsonl", &[&whole[..50], &whole[60..]].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    said(&run, &["10 messages missing"]);
}

#[test]
fn odd_files_are_told_and_the_others_are_checked() {
    let folder = Folder::new();
    let at = |name: &str| folder.path().join(name);
    write(&folder, "good.json", GOOD);
    let no_text = at("x").with_file_name(std::ffi::OsStr::from_bytes(b"na\xffme.json"));
    std::fs::write(&no_text, GOOD).unwrap();
    symlink("nowhere", at("broken")).unwrap();
    symlink(".", at("circle")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RWXU).unwrap();
    let large = std::fs::File::create(at("large.json")).unwrap();
    large.set_len(Limits::default().checked_file as u64 + 1).unwrap();
    let run = check(&[&place(&folder)]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    let told = [
        "broken: No such file",
        "circle leads back to a directory that it is in",
        "socket: it is a socket",
        "pipe: it is a pipe",
        "large.json has more than",
        "2 messages checked: 0 errors",
    ];
    said(&run, &told);
    // The name that is no text can be given by itself, too.
    let mut alone = command(&["check"]);
    let output = alone.arg(&no_text).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn what_a_file_is_can_be_said() {
    let folder = Folder::new();
    let lines = write(&folder, "lines", &format!("{GOOD}\n{GOOD}\n"));
    let plain = write(
        &folder,
        "tape",
        r#"{"n":1,"at":"2026-11-22T10:00:00Z","subject":"a","text":"hello"}"#,
    );
    let dumped = write(&folder, "dump", DUMPED);
    for (file, kind, code, messages, title) in [
        (&lines, None, 0, 2, "JSON lines"),
        (&lines, Some("lines"), 0, 2, "JSON lines"),
        (&lines, Some("json"), 1, 1, "JSON"),
        (&lines, Some("tape"), 2, 0, "a tape"),
        (&lines, Some("dump"), 2, 0, "a dump"),
        (&plain, None, 0, 1, "a tape"),
        (&plain, Some("json"), 0, 1, "JSON"),
        (&dumped, None, 0, 1, "a dump"),
        (&dumped, Some("lines"), 0, 1, "JSON lines"),
    ] {
        let kind = kind.map_or(vec![], |kind| vec!["--as", kind]);
        let run = check(&[&[file.as_str()], &kind[..]].concat());
        let came = (run.code, run.out.lines().count());
        assert_eq!(came, (Some(code), messages), "{file} {kind:?} {run:?}");
        said(&run, &[&format!("Read as {title}")]);
    }
    let run = check(&[&lines, "--as", "csv"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    said(&run, &["json, lines, tape or dump"]);
    assert_eq!(piped(DUMPED.as_bytes(), &["--as", "dump"]).code, Some(0));
}
