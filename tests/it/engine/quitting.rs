//! Row 57: quitting with work under way, with the broker up, down and stopped. What is on its way goes out; what does not
//! is said; it never takes longer than it may.

use crate::support::binary::{Peer, command};
use crate::support::outbox_stand::{job, over, report, request, send};
use crate::support::servers::{PATIENCE, RealServer, nats_server, old_nats_server};
use crate::support::session_stand::{connected, lost, start};
use natsbridge_engine::{Command, Event, SendId, SendJob, SendProgress, Session};
use natsbridge_wire::Limits;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// What a session tells after it was asked to end: notices, and the last report of each sending.
async fn quit(mut session: Session) -> (Vec<String>, BTreeMap<SendId, SendProgress>) {
    session.commands.send(Command::Quit).await.unwrap();
    let (mut notices, mut jobs) = (Vec::new(), BTreeMap::new());
    let ended = async {
        loop {
            match session.events.recv().await {
                Some(Event::Ended) => return,
                Some(Event::Notice(_, text)) => notices.push(text),
                Some(Event::Job(report)) => drop(jobs.insert(report.id, report)),
                Some(_) => {}
                None => panic!("it went away without a word"),
            }
        }
    };
    // The limit, and what a busy machine adds to it.
    let most = Limits::DEFAULT.quit_time + Duration::from_secs(1);
    assert!(timeout(most, ended).await.is_ok(), "it does not end in time");
    (notices, jobs)
}

fn told(notices: &[String], part: &str) {
    assert!(
        notices.iter().any(|text| text.contains(part)),
        "{part:?}: {notices:?}"
    );
}

fn endless(id: u64) -> SendJob {
    SendJob {
        count: 1_000_000,
        every: Some(Duration::from_micros(200)),
        ..job(id, "q", "{{count}}")
    }
}

async fn up(server: &RealServer) {
    let mut observer = server.raw();
    observer.subscribe("q");
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    send(&session, endless(1)).await;
    report(&mut session, 1, "some of them", |report| report.confirmed >= 500).await;
    send(&session, request(2, "q", 1, PATIENCE)).await;
    report(&mut session, 2, "the request to be out", |report| {
        report.sent == 1
    })
    .await;
    let (notices, jobs) = quit(session).await;
    let many = &jobs[&SendId(1)];
    assert!(many.over && many.sent == many.confirmed, "{many:?}");
    told(&notices, "of 1,000,000 messages to q were sent.");
    assert!(jobs[&SendId(2)].over);
    // Exactly those arrived that were said to be sent.
    observer.settle_counting("MSG q 1 ", many.sent + 1);
}

async fn down(mut server: RealServer) -> RealServer {
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    // One has a connection, and loses it; the others wait.
    send(&session, endless(1)).await;
    report(&mut session, 1, "some of them", |report| report.confirmed >= 20).await;
    server.stop();
    lost(&mut session).await;
    over(&mut session, 1).await;
    for id in [2, 3] {
        let waits = SendJob {
            queue: true,
            ..job(id, "kept", "x")
        };
        send(&session, waits).await;
        report(&mut session, id, "it to wait", |report| report.sent == 0).await;
    }
    let (notices, jobs) = quit(session).await;
    assert!(jobs.values().all(|job| job.over && job.sent == 0), "{jobs:?}");
    told(&notices, "The message to kept was not sent.");
    assert_eq!(notices.iter().filter(|text| text.contains("kept")).count(), 2);
    server.start();
    server
}

#[cfg(unix)]
async fn stopped(server: &RealServer) {
    let mut session = start(&server.url(), &["none"]);
    connected(&mut session).await;
    send(&session, job(1, "q", "x")).await;
    over(&mut session, 1).await;
    server.signal("-STOP");
    send(&session, job(2, "q", "x")).await;
    let before = report(&mut session, 2, "the message to be out", |report| {
        report.sent == 1
    })
    .await;
    let (notices, jobs) = quit(session).await;
    server.signal("-CONT");
    // On a busy machine its time may be up before the session is asked to end: then that was its last report.
    let report = if before.over { &before } else { &jobs[&SendId(2)] };
    assert!(report.over && report.confirmed == 0, "{report:?}");
    if !before.over {
        told(&notices, "did not confirm a message to q");
    }
}

/// Row 57.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_in_time_and_says_what_it_leaves() {
    for (server, times) in [(nats_server(), 3), (old_nats_server(), 1)] {
        let Some(mut server) = server else { continue };
        for _ in 0..times {
            up(&server).await;
            server = down(server).await;
            #[cfg(unix)]
            stopped(&server).await;
        }
    }
}

/// Five seconds, and what a busy machine adds to it.
#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "whoever looks into a bound wants the figure")]
fn in_time(what: &str, started: Instant) {
    let took = started.elapsed();
    eprintln!("{what} ended after {took:?}");
    assert!(took < Duration::from_secs(10), "{what} ended after {took:?}");
}

/// A verb that was ended by Ctrl-C: its code and what it said.
#[cfg(unix)]
fn interrupted(peer: Peer) -> (Option<i32>, String) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = Pid::from_raw(i32::try_from(peer.process.0.id()).unwrap()).unwrap();
    let started = Instant::now();
    kill_process(pid, Signal::INT).unwrap();
    let said = peer.err.rest("the end of what it says").join("\n");
    let code = peer.code();
    in_time("a verb", started);
    (code, said)
}

#[cfg(unix)]
fn sending(server: &RealServer) -> Peer {
    let url = server.url();
    let line = [
        "send", "q", "-s", &url, "--text", "m=x", "--count", "100000", "--rate", "200/s",
    ];
    let sender = Peer::start(&mut command(&line));
    sender.out.wait_for("flushed");
    sender
}

/// Row 57.
#[test]
#[cfg(unix)]
fn a_verb_ends_in_time_and_says_what_it_leaves() {
    let Some(mut server) = nats_server() else { return };
    let url = server.url();
    for _ in 0..3 {
        // Up: what is said to be sent is what came.
        let mut observer = server.raw();
        observer.subscribe("q");
        let (code, said) = interrupted(sending(&server));
        assert_eq!(code, Some(130), "{said}");
        let sent = said.split_once("Stopped after ").unwrap().1;
        let (sent, rest) = sent.split_once(' ').unwrap();
        assert!(rest.starts_with("of 100,000 messages to q"), "{said}");
        observer.settle_counting("MSG q 1 ", sent.replace(',', "").parse().unwrap());

        // Stopped: nothing is claimed of what the broker did not confirm.
        let sender = sending(&server);
        server.signal("-STOP");
        let (code, said) = interrupted(sender);
        server.signal("-CONT");
        assert_eq!(code, Some(130), "{said}");
        assert!(said.contains("of 100,000 messages to q"), "{said}");

        // Down: a responder that waits for the broker ends at once.
        let replier = Peer::start(&mut command(&["reply", "r", "-s", &url, "--echo"]));
        replier.err.wait_for("Answering on");
        server.stop();
        let (code, said) = interrupted(replier);
        assert_eq!(code, Some(130), "{said}");
        server.start();
    }
}

/// Row 57.
#[test]
#[cfg(unix)]
fn the_workbench_ends_in_time_whatever_the_broker_does() {
    use crate::support::pty::Screen;
    let Some(mut server) = nats_server() else { return };
    let url = server.url();
    for state in ["up", "down", "stopped"].repeat(3) {
        let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_natsbridge"));
        command.args(["watch", "-s", &url]);
        let mut screen = Screen::spawn(command);
        screen.wait_for(&server.address());
        match state {
            "down" => server.stop(),
            "stopped" => server.signal("-STOP"),
            _ => {}
        }
        let started = Instant::now();
        screen.type_keys("\x03");
        assert_eq!(screen.code(), 0, "{state}");
        in_time(state, started);
        match state {
            "down" => server.start(),
            "stopped" => server.signal("-CONT"),
            _ => {}
        }
    }
}
