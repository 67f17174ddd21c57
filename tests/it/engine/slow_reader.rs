//! Row 44: a reader that a broker gives up because it reads too slowly. What it missed is a gap that begins before it fell
//! behind, not when it noticed.

use crate::support::binary::{Folder, Peer, command};
use crate::support::servers::nats_server_with;
use crate::support::tape_stand::{heard, read};
use crate::support::waits::until;
use natsbridge_engine::TapeRecord;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use std::time::{Duration, Instant};

/// Long enough to be noticed, and shorter than a reader that keeps up may be left unasked.
const STOPPED: Duration = Duration::from_millis(2500);
/// How long before it was stopped the gap may begin: it is known to be well at its last look before.
const LOOKS: i64 = 5_000_000;

/// Row 44.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stopped_reader_missed_is_a_gap_from_before_it_was_stopped() {
    let Some(server) = nats_server_with("max_payload: 65536\nmax_pending: 262144\nwrite_deadline: \"2s\"")
    else {
        return;
    };
    let folder = Folder::new();
    let path = folder.path().join("tape.jsonl");
    let args = ["record", &path.display().to_string(), "t.>", "-s", &server.url()];
    let recorder = Peer::start(&mut command(&args));
    recorder.err.wait_for("Recording t.>");
    let mut peer = server.raw();
    peer.publish("t.first", b"first");
    let on_tape = |subject: &str| {
        heard(read(&path).0)
            .iter()
            .any(|message| &*message.subject == subject)
    };
    until("the first message", async || on_tape("t.first")).await;

    let pid = Pid::from_raw(i32::try_from(recorder.process.0.id()).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let stopped = || waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG).unwrap();
    until("the reader to stop", async || stopped().is_some()).await;
    let (since, stopped_us) = (Instant::now(), natsbridge_engine::clock::now_us());
    let body = vec![b'x'; 60_000];
    for _ in 0..1000 {
        peer.publish("t.burst", &body);
    }
    // More than sockets hold: by the time it has answered, the broker has given the reader up.
    peer.settle();
    until("a while", async || since.elapsed() > STOPPED).await;
    kill_process(pid, Signal::CONT).unwrap();
    until("a message after all that", async || {
        peer.publish("t.last", b"last");
        on_tape("t.last")
    })
    .await;
    kill_process(pid, Signal::TERM).unwrap();
    recorder.code();

    let (entries, report) = read(&path);
    assert!(
        report.ended && report.problems().is_empty(),
        "{:?}",
        report.problems()
    );
    let gaps: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            TapeRecord::Gap(gap) => Some(gap.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    let gap = &gaps[0];
    assert!(
        gap.from_us <= stopped_us && gap.from_us > stopped_us - LOOKS && gap.to_us > stopped_us,
        "{gap:?} and {stopped_us}"
    );
    let messages = heard(entries);
    let burst = messages.iter().filter(|message| &*message.subject == "t.burst");
    let last_of_burst = burst.clone().last().map_or(1, |message| message.seq);
    assert!(burst.count() < 1000, "something was missed");
    assert_eq!(gap.before, last_of_burst + 1);
}
