//! Verbs that receive while messages come faster than anybody takes them: in order, and every one that came is printed,
//! recorded, answered, shown, or told as lost.

use crate::support::binary::{Folder, command};
use crate::support::pty::Screen;
use crate::support::servers::{RealServer, nats_server};
use crate::support::tape_stand::read;
use natsbridge_engine::TapeRecord;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A verb whose output is read by hand.
struct Verb {
    child: Child,
    told: BufReader<std::process::ChildStderr>,
}

impl Verb {
    /// Starts it and waits until it says that it listens.
    fn start(server: &RealServer, args: &[&str]) -> Self {
        let mut command = command(args);
        command.args(["-s", &server.url()]);
        Self::spawn(command, " at nats://")
    }

    /// Starts it and waits until it says this.
    fn spawn(mut command: Command, says: &str) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(says) {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "it ended too early");
        }
        Self { child, told }
    }

    fn output(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.child.stdout.take().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// How it ended, and how many messages it says were lost of how many.
    fn ended(self) -> (Option<i32>, u64, u64) {
        let (code, lost, wanted, _) = self.told();
        (code, lost, wanted)
    }

    /// The same with all that it said.
    fn told(mut self) -> (Option<i32>, u64, u64, String) {
        let started = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
            if started.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("it does not end");
            }
        };
        let mut told = String::new();
        self.told.read_to_string(&mut told).unwrap();
        let last = told.lines().last().unwrap_or_default();
        let numbers: Vec<u64> = last.split(' ').filter_map(|word| word.parse().ok()).collect();
        assert!(last.starts_with("lost ") && last.ends_with(" messages"), "{told}");
        assert_eq!(numbers.len(), 2, "{told}");
        (status.code(), numbers[0], numbers[1], told)
    }
}

/// Publishes so many numbered messages as fast as the server takes them; returns once it has them all.
fn flood(server: &RealServer, messages: u64) {
    flood_with(server, "flood", 0..messages, "");
}

/// The same on a subject, with these numbers and some more of the envelope.
fn flood_with(server: &RealServer, subject: &str, messages: std::ops::Range<u64>, more: &str) {
    let address = server.url().replace("nats://", "");
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"CONNECT {\"verbose\":false}\r\n").unwrap();
    let mut frames = Vec::new();
    let end = messages.end;
    for number in messages {
        let body = format!(
            r#"{{"msgId":"{number}",{more}"senderName":"flood","sendTo":"flood","payloads":[{{"id":"1","dataname":"n","type":"text","transport":"direct","encoding":"base64","size":600,"data":"{}"}}]}}"#,
            "QUFB".repeat(200)
        );
        frames.extend_from_slice(format!("PUB {subject} {}\r\n{body}\r\n", body.len()).as_bytes());
        if frames.len() > 1 << 20 || number + 1 == end {
            socket.write_all(&frames).unwrap();
            frames.clear();
        }
    }
    socket.write_all(b"PING\r\n").unwrap();
    let (mut answer, mut buffer) = (String::new(), [0; 4096]);
    while !answer.contains("PONG") {
        let read = socket.read(&mut buffer).unwrap();
        answer.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
}

/// The numbers that the lines carry themselves and those of their messages.
fn numbers(lines: impl Iterator<Item = String>) -> Vec<(u64, u64)> {
    let number = |line: &str, key: &str| -> u64 {
        let rest = line.split_once(key).unwrap().1;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap();
        digits.parse().unwrap()
    };
    lines
        .map(|line| (number(&line, "{\"seq\":"), number(&line, "\"msg_id\":\"")))
        .collect()
}

#[test]
fn a_flood_is_printed_in_order_and_whole() {
    const MESSAGES: u64 = 200_000;
    let Some(server) = nats_server() else { return };
    let count = MESSAGES.to_string();
    let mut verb = Verb::start(&server, &["listen", "flood", "--json", "--count", &count]);
    let output = verb.output();
    let reader = std::thread::spawn(move || numbers(output.lines().map(Result::unwrap)));
    flood(&server, MESSAGES);
    let printed = reader.join().unwrap();
    assert_eq!(printed.len() as u64, MESSAGES);
    for (at, (seq, message)) in printed.iter().enumerate() {
        assert_eq!((*seq, *message), (at as u64 + 1, at as u64));
    }
    assert_eq!(verb.ended(), (Some(0), 0, MESSAGES));
}

/// Floods a `listen` that has little memory and whose output nobody reads until all has come: what was printed, and how many
/// messages it says were lost.
fn printed_late(server: &RealServer, memory: &str, spill: &str, messages: u64) -> (Vec<(u64, u64)>, u64) {
    let folder = Folder::new();
    let settings = format!("[limits]\nstore_bytes = \"{memory}\"\n");
    let settings = folder.file("settings.toml", settings.as_bytes());
    let settings = settings.trim_start_matches('@');
    let line = [
        "listen", "flood", "--json", "--config", settings, "--spill", spill,
    ];
    let mut verb = Verb::start(server, &line);
    flood(server, messages);
    // The newest message is never the one that is lost.
    let output = verb.output();
    let last = format!("\"msg_id\":\"{}\"", messages - 1);
    let (seen, came) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let lines = output.lines().map(Result::unwrap).inspect(|line| {
            if line.contains(&last) {
                seen.send(()).unwrap();
            }
        });
        numbers(lines)
    });
    came.recv_timeout(PATIENCE).unwrap();
    verb.signal(Signal::INT);
    let printed = reader.join().unwrap();
    let (code, lost, wanted) = verb.ended();
    assert_eq!((code, wanted), (Some(130), messages));
    assert_eq!(printed.len() as u64 + lost, messages);
    for pair in printed.windows(2) {
        assert!(pair[0].0 + 1 == pair[1].0 && pair[0].1 < pair[1].1, "{pair:?}");
    }
    (printed, lost)
}

#[test]
fn what_a_slow_reader_misses_is_told_to_the_last_message() {
    let Some(server) = nats_server() else { return };
    let (printed, lost) = printed_late(&server, "2MB", "off", 60_000);
    assert!(lost > 0 && !printed.is_empty(), "{lost} lost");
}

#[test]
fn messages_wait_on_disk_for_a_slow_reader() {
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let place = folder.path().join("spill");
    let (printed, lost) = printed_late(&server, "48MB", &place.display().to_string(), 150_000);
    assert_eq!((printed.len(), lost), (150_000, 0));
    let left = std::fs::read_dir(&place).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing stays there");
}

#[test]
fn an_output_that_nobody_reads_keeps_no_verb_from_ending() {
    let Some(server) = nats_server() else { return };
    for line in [&["listen", "flood", "--json"][..], &["listen", "flood"]] {
        let mut verb = Verb::start(&server, line);
        let mut output = verb.output();
        flood(&server, 20_000);
        verb.signal(Signal::TERM);
        let (code, lost, wanted) = verb.ended();
        assert_eq!(code, Some(143), "{line:?}");
        // What the pipe holds can be read, and all else that came is told.
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        let whole = text.matches('\n').count() as u64;
        assert!(lost > 0 && whole > 0, "{lost} lost, {whole} written");
        assert_eq!(whole + lost, wanted);
    }
}

/// It once waited for three more messages before it noticed.
#[test]
fn a_reader_that_has_enough_ends_it_with_the_next_message() {
    let Some(server) = nats_server() else { return };
    let mut verb = Verb::start(&server, &["listen", "flood", "--json"]);
    let mut output = verb.output();
    flood(&server, 1);
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"seq\":1,"), "{line}");
    drop(output);
    flood(&server, 1);
    assert_eq!(verb.ended(), (Some(0), 0, 2));
}

#[test]
fn a_flood_is_checked_whole() {
    const MESSAGES: u64 = 100_000;
    let Some(server) = nats_server() else { return };
    let count = MESSAGES.to_string();
    let line = ["check", "--subject", "flood", "--json", "--count", &count];
    let mut verb = Verb::start(&server, &line);
    let output = verb.output();
    let reader = std::thread::spawn(move || output.lines().count() as u64);
    flood(&server, MESSAGES);
    assert_eq!(reader.join().unwrap(), MESSAGES);
    let (_, lost, wanted, told) = verb.told();
    assert_eq!((lost, wanted), (0, MESSAGES));
    assert!(told.contains("100,000 messages checked"), "{told}");
}

/// It once ended without a word of what was lost.
#[test]
fn a_check_that_a_signal_ends_tells_what_it_left() {
    let Some(server) = nats_server() else { return };
    let mut verb = Verb::start(&server, &["check", "--subject", "flood", "--json"]);
    let output = verb.output();
    let reader = std::thread::spawn(move || output.lines().count() as u64);
    flood(&server, 2_000);
    verb.signal(Signal::INT);
    let checked = reader.join().unwrap();
    let (code, lost, wanted) = verb.ended();
    assert_eq!((code, checked + lost), (Some(130), wanted));
}

#[test]
fn who_has_as_many_as_were_wanted_misses_none() {
    let Some(server) = nats_server() else { return };
    for line in [
        &["listen", "flood", "--json", "--count", "5"][..],
        &["check", "--subject", "flood", "--json", "--count", "5"],
    ] {
        let mut verb = Verb::start(&server, line);
        let output = verb.output();
        flood(&server, 1000);
        assert_eq!(output.lines().count(), 5);
        let (_, lost, wanted) = verb.ended();
        assert_eq!((lost, wanted), (0, 5), "{line:?}");
    }
}

/// 3,300 of them once were neither.
#[test]
fn every_request_is_answered_or_told() {
    const REQUESTS: u64 = 20_000;
    let Some(server) = nats_server() else { return };
    let mut verb = Verb::start(&server, &["reply", "flood", "--json", "--text", "a=b"]);
    let output = verb.output();
    let (seen, answered) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let (mut answers, mut failed) = (0, 0);
        for line in output.lines().map(Result::unwrap) {
            let told: serde_json::Value = serde_json::from_str(&line).unwrap();
            *if told["error"].is_null() {
                &mut answers
            } else {
                &mut failed
            } += 1;
            let number: u64 = told["request_msg_id"].as_str().unwrap().parse().unwrap();
            // Nobody may wait for it any more.
            let _ = seen.send(number);
        }
        (answers, failed)
    });
    let asks = "\"replyTo\":\"answers\",";
    flood_with(&server, "flood", 0..REQUESTS, asks);
    // Once one of those is answered that come after the others, all have come.
    let (mut sent, since) = (REQUESTS, Instant::now());
    let mut last = 0;
    while last < REQUESTS {
        assert!(since.elapsed() < PATIENCE, "none of the last is answered");
        flood_with(&server, "flood", sent..sent + 1, asks);
        sent += 1;
        while let Ok(number) = answered.recv_timeout(Duration::from_secs(2)) {
            last = number.max(last);
            if last >= REQUESTS {
                break;
            }
        }
    }
    verb.signal(Signal::INT);
    let (answers, failed) = reader.join().unwrap();
    let (code, lost, wanted, told) = verb.told();
    assert_eq!((code, wanted), (Some(130), sent), "{told}");
    assert_eq!(answers + lost, sent, "{failed} failed: {told}");
}

/// Row 44: more than the client keeps, and more than there is memory for, while nobody reads what is printed.
#[test]
fn every_reply_to_a_request_is_printed_or_told() {
    const REPLIES: u64 = 60_000;
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let settings = b"[limits]\nstore_bytes = \"2MB\"\nsubscription_queue = 16\n";
    let settings = folder.file("settings.toml", settings);
    let settings = settings.trim_start_matches('@');
    let mut responder = server.raw();
    responder.subscribe("ask");
    let line = [
        "request",
        "ask",
        "--text",
        "q=x",
        "--json",
        "--replies",
        "0",
        "--timeout",
        "10m",
        "--config",
        settings,
    ];
    let mut request = command(&line);
    request.args(["-s", &server.url()]);
    let mut verb = Verb::spawn(request, "Sent request ");
    let inbox = responder.next_reply();
    flood_with(&server, &inbox, 0..REPLIES, "");
    let output = verb.output();
    let (seen, printed) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let lines = output.lines().map(Result::unwrap);
        numbers(lines.inspect(|line| drop(seen.send(line.clone()))))
    });
    // Once one of those is printed that come after the others, all have come.
    let (mut sent, since) = (REPLIES, Instant::now());
    let mut last = 0;
    while last < REPLIES {
        assert!(since.elapsed() < PATIENCE, "none of the last is printed");
        flood_with(&server, &inbox, sent..sent + 1, "");
        sent += 1;
        while let Ok(line) = printed.recv_timeout(Duration::from_secs(1)) {
            last = numbers(std::iter::once(line))[0].1.max(last);
        }
    }
    verb.signal(Signal::INT);
    let printed = reader.join().unwrap();
    let (code, lost, wanted, told) = verb.told();
    assert_eq!((code, wanted), (Some(130), sent), "{told}");
    assert_eq!(printed.len() as u64 + lost, sent, "{told}");
    assert!(lost > 0 && !printed.is_empty(), "{told}");
    for pair in printed.windows(2) {
        assert!(pair[0].0 + 1 == pair[1].0 && pair[0].1 < pair[1].1, "{pair:?}");
    }
}

#[test]
fn a_tape_its_last_words_and_its_end_record_agree() {
    const MESSAGES: u64 = 50_000;
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let path = folder.path().join("tape.jsonl");
    let count = MESSAGES.to_string();
    let verb = Verb::start(
        &server,
        &["record", &path.display().to_string(), "flood", "--count", &count],
    );
    flood(&server, MESSAGES + 1000);
    let (code, lost, wanted, told) = verb.told();
    assert_eq!((code, lost, wanted), (Some(0), 0, MESSAGES), "{told}");
    assert!(told.contains("Recorded 50,000 messages"), "{told}");
    let (entries, report) = read(&path);
    assert!(matches!(entries.last(), Some(TapeRecord::End { came: MESSAGES })));
    assert_eq!((report.messages, report.missed), (MESSAGES, 0));
}

#[test]
fn what_a_full_disk_keeps_from_a_tape_is_told_to_the_last_message() {
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let path = folder.path().join("tape.jsonl");
    let product = env!("CARGO_BIN_EXE_natsbridge");
    let mut shell = Command::new("sh");
    // Files may not get larger than 2 MiB.
    shell.args(["-c", "ulimit -f 4096; exec \"$@\"", "sh", product, "record"]);
    shell.arg(&path).args(["flood", "-s", &server.url()]);
    let verb = Verb::spawn(shell, " at nats://");
    flood(&server, 30_000);
    let (code, lost, wanted, told) = verb.told();
    let messages = read(&path).1.messages;
    assert_eq!(code, Some(1), "{told}");
    assert!(messages > 0 && lost > 0, "{told}");
    assert_eq!(messages + lost, wanted, "{told}");
    let last_words = told.lines().find(|line| line.contains("stopped: ")).unwrap();
    let digits = last_words.replace(',', "");
    assert!(
        digits.contains(&format!(" {lost} more that arrived were not written")),
        "{told}"
    );
}

#[test]
fn what_the_screen_could_not_keep_is_told_after_it_and_in_the_report() {
    const MESSAGES: u64 = 30_000;
    let Some(server) = nats_server() else { return };
    let folder = Folder::new();
    let settings = folder.file("settings.toml", b"[limits]\nstore_bytes = \"2MB\"\n");
    let stats = folder.path().join("stats.json");
    let mut screen = Screen::start(&[
        "watch",
        "flood",
        "-s",
        &server.url(),
        "--config",
        settings.trim_start_matches('@'),
        "--spill",
        "off",
        "--stats",
        &stats.display().to_string(),
    ]);
    screen.wait_for("flood");
    screen.wait_for(" ms");
    flood(&server, MESSAGES);
    screen.wait_for("received 30,000");
    screen.type_keys("q");
    assert_eq!(screen.code(), 0);
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&stats).unwrap()).unwrap();
    let lost = report["lost"].as_u64().unwrap();
    assert!(lost > 0 && report["received"] == MESSAGES, "{report}");
    let last = screen.raw.trim_end().lines().last().unwrap().trim_end();
    assert!(
        last.ends_with(&format!("lost {lost} of {MESSAGES} messages")),
        "{last:?}"
    );
}
