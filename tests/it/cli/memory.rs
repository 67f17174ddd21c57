//! The memory that the program takes for messages that become much more than they are: each test reads the peak of a process of
//! its own.

use crate::support::binary::{Folder, Peer, Running, command};
use crate::support::broker_stand::{client, settle};
use crate::support::link_server::LinkServer;
use crate::support::parquet_bomb::one_text_in_all_rows;
use crate::support::pty::Screen;
use arrow::array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use natsbridge_engine::grouped;
use natsbridge_host::{Broker, BrokerOptions};
use natsbridge_wire::{Dialect, Envelope, EnvelopePayload, Kind, Limits, write_envelope};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const MIB: usize = 1 << 20;

/// A broker that takes large messages.
struct Stand {
    runtime: Runtime,
    broker: Broker,
}

impl Stand {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = BrokerOptions {
            listen: "127.0.0.1:0".into(),
            limits: Limits {
                broker_max_payload: 64 * MIB,
                ..Limits::default()
            },
            ..BrokerOptions::default()
        };
        let broker = runtime.block_on(Broker::start(options)).unwrap();
        Self { runtime, broker }
    }

    fn publish(&self, message: Vec<u8>) {
        self.publish_often(1, message);
    }

    fn publish_often(&self, times: usize, message: Vec<u8>) {
        let message = bytes::Bytes::from(message);
        self.runtime.block_on(async {
            let client = client(&self.broker).await;
            for _ in 0..times {
                client.publish("in", message.clone()).await.unwrap();
            }
            settle(&client).await;
        });
    }

    fn listen(&self, args: &[&str]) -> Peer {
        let url = self.broker.url();
        let listener = Peer::start(command(&["listen", "-s", &url, "in", "--json"]).args(args));
        listener.err.wait_for("Listening on");
        listener
    }
}

/// The workbench on a terminal, its subscription in place: an answer to a later ping has come.
fn watching(url: &str) -> Screen {
    let mut screen = Screen::start(&["watch", "-s", url, "in"]);
    screen.wait_until("a round trip", |text| {
        let header = text.lines().next().unwrap_or_default();
        header.contains(url) && (header.contains(" µs") || header.contains(" ms"))
    });
    screen
}

fn stream(column: ArrayRef, compression: Option<CompressionType>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter([("n", column)]).unwrap();
    let options = IpcWriteOptions::default()
        .try_with_compression(compression)
        .unwrap();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

/// An envelope of so many payloads, all the same.
fn envelope(kind: Kind, count: usize, body: &[u8]) -> Vec<u8> {
    let payload = |number: usize| {
        let (id, name) = (format!("id-{number}"), format!("p{number}"));
        EnvelopePayload::direct(id, name, kind, body)
    };
    written((0..count).map(payload).collect())
}

fn written(payloads: Vec<EnvelopePayload<'_>>) -> Vec<u8> {
    let envelope = Envelope {
        payloads,
        ..Envelope::default()
    };
    write_envelope(&envelope, Dialect::V0_5)
}

/// Rows of a bomb, and how a view of it counts them.
const ROWS: usize = 250 * MIB / 8;
const OF_ROWS: &str = "of 32,768,000";

/// So many tables of a few kilobytes, 250 MiB each once unpacked.
fn bombs(count: usize) -> Vec<u8> {
    static TABLE: OnceLock<Vec<u8>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let zeros: ArrayRef = Arc::new(Int64Array::from(vec![0; ROWS]));
        stream(zeros, Some(CompressionType::ZSTD))
    });
    assert!(table.len() < 16 << 10, "{}", table.len());
    envelope(Kind::Table, count, table)
}

fn line(peer: &Peer) -> Value {
    serde_json::from_str(&peer.out.next("a line").expect("a line")).unwrap()
}

fn states(line: &Value) -> Vec<&str> {
    let payloads = line["envelope"]["payloads"].as_array().unwrap();
    payloads
        .iter()
        .map(|payload| payload["state"].as_str().unwrap())
        .collect()
}

fn told<'l>(line: &'l Value, code: &str) -> Vec<&'l str> {
    let findings = line["findings"].as_array().unwrap().iter();
    let told = findings.filter(|finding| finding["code"] == code);
    told.map(|finding| finding["message"].as_str().unwrap()).collect()
}

/// Mebibytes that a process has had at most, told to whoever reads the output of the tests.
#[expect(clippy::print_stderr, reason = "whoever looks into a bound wants the figure")]
fn peak(what: &str, peak: u64) -> u64 {
    eprintln!("{what}: {peak} MiB");
    peak
}

/// Checks a message while the program stays open for more.
fn check(what: &str, message: &[u8]) -> (Value, u64) {
    let folder = Folder::new();
    let file = folder.file("message.json", message).split_off(1);
    let mut started = command(&["check", "--json", &file, "-"]);
    let started = started
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = Running(started.spawn().unwrap());
    let input = process.0.stdin.take();
    let peer = Peer::of(process);
    let line = line(&peer);
    let peak = peak(what, peer.process.peak_memory() / 1024);
    drop(input);
    (line, peak)
}

/// Row 15: many that unpack to much, at the command line.
#[test]
fn bombs_in_one_message_take_what_one_message_may() {
    for count in [12, 85] {
        let message = bombs(count);
        let (checked, most) = check(&format!("check, {count} bombs"), &message);
        assert!(most <= 600, "{most} MiB");
        let found = told(&checked, "payload-too-large");
        assert_eq!(found.len(), count - 1, "{checked}");
        assert!(
            found[0].contains("raise message_memory under [limits]"),
            "{found:?}"
        );
        let part = told(&checked, "examined-in-part");
        assert!(part[0].starts_with("examined in part: needs"), "{part:?}");

        let stand = Stand::new();
        let listener = stand.listen(&[]);
        stand.publish(message);
        let line = line(&listener);
        let most = peak(
            &format!("listen, {count} bombs"),
            listener.process.peak_memory() / 1024,
        );
        assert!(most <= 600, "{most} MiB");
        let states = states(&line);
        assert_eq!(states[0], "decoded");
        assert!(states[1..].iter().all(|state| *state == "too-large"));
        let error = &line["envelope"]["payloads"][1]["error"];
        assert!(
            error.as_str().unwrap().contains("needs 262 MB of memory"),
            "{error}"
        );
    }
}

/// Row 15: the same while the workbench runs, before and after somebody looks.
#[test]
fn the_workbench_examines_bombs_in_part_and_decodes_the_one_looked_at() {
    for count in [12, 85] {
        let stand = Stand::new();
        let url = stand.broker.url();
        let mut screen = watching(&url);
        stand.publish(bombs(count));
        // Its badge comes once it is examined.
        screen.wait_for("p0");
        let most = peak(
            &format!("watch, {count} bombs, no key pressed"),
            screen.peak_memory(),
        );
        assert!(most <= 700, "{most} MiB");
        // Enter shows what is wrong with it; before the first payload comes the page of all.
        screen.type_keys("\r");
        screen.wait_for("finding 1 of");
        screen.type_keys("]");
        screen.wait_for("payload 1 of");
        screen.type_keys("]");
        screen.wait_for(OF_ROWS);
        for _ in 2..6 {
            // The tab before is let go of, and this one is decoded.
            screen.type_keys("]");
            screen.wait_until("the next tab", |text| {
                text.contains(OF_ROWS) && !text.contains("decoding")
            });
        }
        let most = peak(&format!("watch, {count} bombs"), screen.peak_memory());
        assert!(most <= 700, "{most} MiB");
    }
}

/// How long it takes until the help is there, and gone again.
fn help(screen: &mut Screen) -> Duration {
    let pressed = Instant::now();
    screen.type_keys("?");
    screen.wait_for(" Keys ");
    screen.type_keys("\x1b");
    screen.wait_until("the keys to be gone", |text| !text.contains(" Keys "));
    pressed.elapsed()
}

/// Row 15: keys are obeyed while twelve bombs are examined, about as soon as before.
#[test]
fn keys_are_obeyed_beside_bombs() {
    const LEEWAY: Duration = Duration::from_millis(300);
    let stand = Stand::new();
    let mut screen = watching(&stand.broker.url());
    let middle = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let before = middle((0..9).map(|_| help(&mut screen)).collect());
    // Each is examined in its turn, while keys are pressed.
    stand.publish_often(20, bombs(12));
    let beside = middle((0..9).map(|_| help(&mut screen)).collect());
    eprintln!("a key and back: {before:?}, beside bombs {beside:?}");
    assert!(beside <= before * 10 + LEEWAY, "{before:?}, then {beside:?}");
    screen.type_keys("D");
    screen.wait_for("20 messages examined");
    screen.wait_for("examined-in-part");
    let most = peak("watch, 20 times 12 bombs", screen.peak_memory());
    assert!(most <= 700, "{most} MiB");
}

/// Row 15: hundreds of messages, each a bomb that is too large for a glance, while somebody types.
#[test]
fn hundreds_of_bombs_are_left_in_no_time_and_keys_are_obeyed_meanwhile() {
    let stand = Stand::new();
    let mut screen = watching(&stand.broker.url());
    let before = screen.cpu_time();
    stand.publish_often(300, bombs(1));
    for _ in 0..5 {
        help(&mut screen);
    }
    screen.type_keys("D");
    screen.wait_for("300 messages examined");
    screen.wait_for("examined-in-part");
    let spent = screen.cpu_time().checked_sub(before).unwrap();
    eprintln!("watch, 300 bombs: {spent:?} of a processor");
    // Unpacking them all takes minutes.
    assert!(spent < Duration::from_secs(20), "{spent:?}");
    let most = peak("watch, 300 bombs", screen.peak_memory());
    assert!(most <= 400, "{most} MiB");
}

/// Rows 15 and 18: a dictionary whose rows all point at one long text.
#[test]
fn rows_that_share_one_long_text_are_printed_within_bounds() {
    let text = "x".repeat(3_000_000);
    let keys = Int32Array::from(vec![0; 100]);
    let values: ArrayRef = Arc::new(StringArray::from(vec![text]));
    let column = DictionaryArray::<Int32Type>::try_new(keys, values).unwrap();
    let table = stream(Arc::new(column), Some(CompressionType::ZSTD));
    let message = envelope(Kind::Table, 1, &table);
    for rows in ["100", "1000000"] {
        let stand = Stand::new();
        let listener = stand.listen(&["--rows", rows]);
        stand.publish(message.clone());
        let line = line(&listener);
        let most = peak(
            &format!("listen --rows {rows}"),
            listener.process.peak_memory() / 1024,
        );
        assert!(most <= 600, "{most} MiB");
        let payload = &line["envelope"]["payloads"][0];
        assert_eq!(payload["state"], "too-large");
        let error = payload["error"].as_str().unwrap();
        assert!(
            error.contains("up to row 23 of 100") && error.contains("raise printed_bytes"),
            "{error}"
        );
    }
}

/// Row 19: many pictures, walked through.
#[test]
fn of_many_large_pictures_the_one_looked_at_is_decoded() {
    const SIDE: u32 = 5600;
    let mut picture = Vec::new();
    let encoder = PngEncoder::new(&mut picture);
    let pixels = vec![0; (SIDE * SIDE * 3) as usize];
    encoder
        .write_image(&pixels, SIDE, SIDE, ExtendedColorType::Rgb8)
        .unwrap();
    drop(pixels);
    let stand = Stand::new();
    let url = stand.broker.url();
    let mut screen = watching(&url);
    stand.publish(envelope(Kind::Image, 30, &picture));
    screen.wait_for("p0");
    screen.type_keys("\r");
    screen.wait_for("5600 × 5600");
    for _ in 1..6 {
        screen.type_keys("]");
        screen.wait_until("the next picture", |text| {
            text.contains("5600 × 5600 ·") && !text.contains("decoding")
        });
    }
    let most = peak("watch, 30 pictures", screen.peak_memory());
    assert!(most <= 600, "{most} MiB");
}

fn small_objects(bytes: usize) -> String {
    let objects = r#"{"":0},"#.repeat(bytes / 7);
    format!("[{}]", objects.trim_end_matches(','))
}

/// Row 7: wide JSON.
#[test]
fn wide_dictionaries_take_little_more_than_their_text() {
    for (count, bytes, bound) in [(1, 7_350_000, 160), (6, 7_350_000, 600)] {
        let message = envelope(Kind::Dictionary, count, small_objects(bytes).as_bytes());
        let (_, most) = check(&format!("check, {count} wide"), &message);
        assert!(most <= bound, "{most} MiB");

        let stand = Stand::new();
        let listener = stand.listen(&[]);
        stand.publish(message.clone());
        let line = line(&listener);
        let most = peak(
            &format!("listen, {count} wide"),
            listener.process.peak_memory() / 1024,
        );
        assert!(most <= bound, "{most} MiB");
        assert!(
            states(&line).iter().all(|state| *state == "decoded"),
            "{:?}",
            states(&line)
        );

        let url = stand.broker.url();
        let mut screen = watching(&url);
        stand.publish(message);
        screen.wait_for("p0");
        screen.type_keys("\r");
        let shown = grouped(bytes as u64 / 7);
        screen.wait_for(&shown);
        screen.type_keys("]");
        screen.wait_until("the next tab", |text| !text.contains(&shown) || count > 1);
        let most = peak(&format!("watch, {count} wide"), screen.peak_memory());
        assert!(most <= bound, "{most} MiB");
    }
}

/// Row 15: links that all lead to one wide value.
#[test]
fn links_to_one_wide_value_take_little_more_than_its_text() {
    let objects = small_objects(7_000_000);
    let size = objects.len() as u64;
    let files = LinkServer::with(&[("/wide", "200 OK", &objects)]);
    let url = files.url("/wide");
    let link = |number: usize| {
        let name = format!("p{number}");
        EnvelopePayload::link(&name, &name, Kind::Dictionary, &url, size)
    };
    let stand = Stand::new();
    let listener = stand.listen(&["--fetch", "always"]);
    stand.publish(written((0..10).map(link).collect()));
    let line = line(&listener);
    let most = peak("listen, 10 links", listener.process.peak_memory() / 1024);
    assert!(most <= 600, "{most} MiB");
    // As many as may be printed of one message.
    let states = states(&line);
    assert!(states[..9].iter().all(|state| *state == "decoded"), "{states:?}");
    assert_eq!(states[9], "too-large");
}

/// Reports are written as they come about, or kept in a file.
#[test]
fn reports_of_very_many_messages_take_little_memory() {
    let folder = Folder::new();
    let file = folder
        .file("many.jsonl", "{}\n".repeat(1_000_000).as_bytes())
        .split_off(1);
    for (format, until) in [("sarif", "[999998]"), ("junit", "<?xml")] {
        let mut started = command(&["check", "--format", format, &file, "-"]);
        let started = started
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Running(started.spawn().unwrap());
        // What is open for more keeps the end of the one, what is not read that of the other.
        let input = process.0.stdin.take().filter(|_| format == "sarif");
        let mut out = BufReader::new(process.0.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        assert!(out.any(|line| line.contains(until)), "{until} never came");
        let most = peak(&format!("check --format {format}"), process.peak_memory() / 1024);
        assert!(most <= 100, "{most} MiB");
        drop(input);
        assert!(out.count() > 0);
        assert_eq!(process.0.wait().unwrap().code(), Some(0));
    }
}

/// What `send` says of these rows, and the most memory that it takes until it has ended.
fn sent(what: &str, rows: &str) -> (Option<i32>, String, u64) {
    let table = format!("rows={rows}");
    let line = [
        "send",
        "in",
        "--table",
        &table,
        "--dry-run",
        "--transport",
        "direct",
    ];
    let mut started = command(&line);
    let started = started.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = Running(started.spawn().unwrap());
    let most = process.peak_until_end() / 1024;
    let mut told = String::new();
    process
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    (process.0.wait().unwrap().code(), told, peak(what, most))
}

/// Row 7. Rows that become a table are parsed a few at a time, even if what becomes of them is too large to be sent.
#[test]
fn rows_become_a_table_in_little_memory() {
    let folder = Folder::new();
    for (count, exit) in [(1_000_000, 0), (7_000_000, 2)] {
        let lines = folder.file("rows.jsonl", "{\"\":0}\n".repeat(count).as_bytes());
        let (code, told, most) = sent(&format!("send, {count} rows"), &lines);
        assert_eq!(code, Some(exit), "{told}");
        assert!(most <= 600, "{most} MiB");
        assert_eq!(told.contains("no server accepts more"), exit == 2, "{told}");
    }
}

/// Row 15. A Parquet file that repeats one long text is refused before it is read.
#[test]
fn a_parquet_file_is_refused_in_little_memory() {
    let file = one_text_in_all_rows(2000);
    assert!(file.len() < 8192, "{}", file.len());
    let folder = Folder::new();
    let (code, told, most) = sent("send, a Parquet file", &folder.file("rows.parquet", &file));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("becomes at least"), "{told}");
    assert!(most <= 100, "{most} MiB");
}
