//! What is wrong with a message is one answer, whoever asks: every fixture of the doctor goes through `listen`, `check`, the
//! badge, the filter, Problems and the inspector, and all of them tell the same. A tape is examined at every start.

use crate::support::binary::{Folder, Peer, command, natsbridge};
use crate::support::broker_stand::{PATIENCE, broker};
use crate::support::session_stand::end;
use crate::support::tape_stand::{Said, publish, recorded, recording_with};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use natsbridge_engine::{
    Candidate, Event, Fetcher, Files, Ids, MessageFilter, Problems, SeenMessages, Sequence, Session,
    Specimen, Store, TapeReader,
};
use natsbridge_ui::open;
use natsbridge_wire::{Code, Finding, Limits, READERS, Severity, judge_readers, scan, write_findings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tokio::time::timeout;

/// Where every fixture comes that does not say so itself.
const SUBJECT: &str = "lab.rows";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checks")
}

/// Every message of the fixtures, as it is published. Those that say when they came are put into the present.
fn specimens() -> Vec<Said> {
    let limits = Limits::default();
    let mut said = Vec::new();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    for folder in folders {
        let mut take = |specimen: Specimen| {
            said.push(published(specimen));
            Ok::<_, std::convert::Infallible>(())
        };
        let mut files = Files::new(&limits, None, &mut take);
        let Ok(()) = files.read(&folder);
        let seen = files.seen;
        assert!(seen.unread.is_empty() && seen.told.is_empty(), "{seen:?}");
    }
    said
}

fn published(specimen: Specimen) -> Said {
    let payload = match (specimen.at_us, std::str::from_utf8(&specimen.raw)) {
        (Some(at_us), Ok(text)) => in_the_present(text, at_us).into_bytes().into(),
        _ => specimen.raw,
    };
    let subject = Some(specimen.subject).filter(|subject| !subject.is_empty());
    Said {
        subject: subject.unwrap_or_else(|| SUBJECT.to_owned()),
        reply: specimen.reply,
        headers: specimen.headers,
        payload,
    }
}

/// The envelope with its timestamp as far from now as it was from its arrival.
fn in_the_present(text: &str, at_us: i64) -> String {
    let Ok(envelope) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    let Some(stamp) = envelope["timestamp"].as_str() else {
        return text.to_owned();
    };
    let Ok(instant) = stamp.parse::<Timestamp>() else {
        return text.to_owned();
    };
    let late = Timestamp::now().as_microsecond() - at_us;
    let moved = instant + SignedDuration::from_micros(late);
    text.replace(stamp, &format!("{moved:.3}"))
}

/// The codes of each line, in their order.
fn told(line: &Value) -> Vec<Code> {
    let findings = line["findings"].as_array().unwrap().iter();
    let code = |finding: &Value| Code::from_name(finding["code"].as_str().unwrap()).unwrap();
    findings.map(code).collect()
}

/// How often each code was found.
fn tallied(codes: impl IntoIterator<Item = Code>) -> BTreeMap<Code, u64> {
    let mut tally = BTreeMap::new();
    for code in codes {
        *tally.entry(code).or_insert(0) += 1;
    }
    tally
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Waits until that many messages of a session are examined.
async fn examined(session: &mut Session, messages: u64) {
    while session.store.problems(|found| found.examined) < messages {
        let event = timeout(PATIENCE, session.events.recv()).await;
        event.expect("an examination in time").expect("a live session");
    }
}

async fn on_tape(path: &Path, messages: u64) -> Session {
    let limits = Limits::default();
    let tape = TapeReader::open(path, &limits).unwrap();
    let mut session = Session::open_tape(tape, &limits, Fetcher::default());
    session.store.examine_everything();
    examined(&mut session, messages).await;
    session
}

/// What `listen` prints of the messages, and the tape that was recorded meanwhile.
async fn listened(said: &[Said], tape: &Path) -> Vec<Value> {
    let broker = broker().await;
    let url = broker.url();
    let subjects: BTreeSet<&str> = said.iter().map(|said| said.subject.as_str()).collect();
    let subjects: Vec<&str> = subjects.into_iter().collect();
    let mut session = recording_with(&url, tape, &subjects, |_| {}).await;
    let count = said.len().to_string();
    let mut args = vec![
        "listen",
        "--json",
        "-s",
        &url,
        "--count",
        &count,
        "--timeout",
        "60s",
    ];
    args.extend(&subjects);
    let listener = Peer::start(&mut command(&args));
    listener.err.wait_for("Listening on");
    publish(&url, said).await;
    recorded(&mut session, said.len() as u64).await;
    end(session).await;
    let lines = listener.out.rest("all that was published");
    lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_of_asking_tells_the_same_of_every_fixture() {
    let (said, folder) = (specimens(), Folder::new());
    let path = folder.path().join("all.tape");
    let listened = listened(&said, &path).await;
    let check = natsbridge(&["check", "--json", "--for", "all", &path.display().to_string()]);
    let checked: Vec<Value> = check
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((listened.len(), checked.len()), (said.len(), said.len()));
    let expected: Vec<Vec<Code>> = checked.iter().map(told).collect();
    for code in [
        Code::CorrelationReused,
        Code::ReplyWithoutRequest,
        Code::ClockSkew,
        Code::TimestampFalselyZoned,
        Code::SendToDisagrees,
        Code::HeaderDisagrees,
        Code::NoReader,
    ] {
        assert!(
            expected.iter().flatten().any(|told| *told == code),
            "{}",
            code.name()
        );
    }
    for (line, expected) in listened.iter().zip(&expected) {
        listen_agrees(line, expected);
    }
    let session = on_tape(&path, said.len() as u64).await;
    badges_and_filters_agree(&session.store, &expected);
    inspector_agrees(&session.store, &checked);
    let groups = session.store.problems(Problems::all);
    let mut problems = BTreeMap::new();
    for group in groups {
        *problems.entry(group.code).or_insert(0) += group.count;
    }
    assert_eq!(problems, tallied(expected.into_iter().flatten()));
    end(session).await;
}

/// `listen` was to fetch links where that is allowed, so it says of each link that was not fetched why; nobody else was to.
fn listen_agrees(line: &Value, expected: &[Code]) {
    let told = told(line);
    let payloads = line["envelope"]["payloads"].as_array();
    let left = payloads.into_iter().flatten();
    let left = left.filter(|payload| payload["state"] == "not-fetched").count();
    let not_fetched = told.iter().filter(|code| **code == Code::LinkNotFetched).count();
    assert_eq!(not_fetched, left, "{line}");
    let others = told.into_iter().filter(|code| *code != Code::LinkNotFetched);
    assert_eq!(tallied(others), tallied(expected.iter().copied()), "{line}");
}

/// The list's badge and the filter, over the store and over single messages in order, as `listen` filters them.
fn badges_and_filters_agree(store: &Store, expected: &[Vec<Code>]) {
    let (limits, range) = (Limits::default(), store.range());
    let filters: Vec<(Code, MessageFilter)> = Code::ALL
        .iter()
        .map(|code| {
            (
                *code,
                MessageFilter::new(&format!("finding={}", code.name())).unwrap(),
            )
        })
        .collect();
    let severities = [Severity::Note, Severity::Warning, Severity::Error].map(|severity| {
        let filter = MessageFilter::new(&format!("finding>={}", severity.name())).unwrap();
        (severity, filter)
    });
    let mut seen = SeenMessages::new(1000);
    for (seq, expected) in range.zip(expected) {
        let row = store.row(seq).unwrap();
        let found = row.digest.as_ref().unwrap().found.expect("it was examined");
        let set: BTreeSet<Code> = expected.iter().copied().collect();
        assert_eq!(found.codes.iter().collect::<BTreeSet<_>>(), set, "{seq}");
        for severity in [Severity::Note, Severity::Warning, Severity::Error] {
            let count = expected.iter().filter(|code| code.severity() == severity).count();
            let badge = usize::from(found.counts[severity as usize]);
            assert_eq!(badge, count.min(255), "{seq} {severity:?}");
        }
        let message = store.message(seq).unwrap();
        let digest = scan(&message.payload);
        let sequence = Ids::of(&digest).map_or_else(Sequence::default, |ids| seen.take(ids));
        let stored = Candidate::stored(store, &row);
        let whole = Candidate::whole(message.clone(), &limits).following(sequence);
        for candidate in [&stored, &whole] {
            for (code, filter) in &filters {
                assert_eq!(
                    filter.admits(candidate, 0),
                    set.contains(code),
                    "{seq} {}",
                    code.name()
                );
            }
            let worst = expected.iter().map(|code| code.severity()).max();
            for (severity, filter) in &severities {
                assert_eq!(
                    filter.admits(candidate, 0),
                    worst >= Some(*severity),
                    "{seq} {severity:?}"
                );
            }
        }
        assert_eq!(stored.looked(), 0, "what was examined is not looked at again");
    }
}

/// The inspector's list of findings, and who can read the message.
fn inspector_agrees(store: &Store, checked: &[Value]) {
    for (seq, line) in store.range().zip(checked) {
        let built = open(
            store,
            (seq, 0),
            &Limits::default(),
            &TimeZone::UTC,
            &Fetcher::default(),
        )
        .unwrap();
        let decoded = built.opened.decoded;
        assert_eq!(codes(&decoded.findings), told(line), "{seq}");
        let mut findings = Vec::new();
        write_findings(&mut findings, &decoded.findings);
        let findings: Value = serde_json::from_slice(&findings).unwrap();
        assert_eq!(findings, line["findings"], "{seq}");
        for answer in judge_readers(&decoded, READERS) {
            let said = &line["readers"][answer.name]["reads"];
            assert_eq!(said, answer.reads.name(), "{seq} {}", answer.name);
        }
    }
}

/// Problems stayed empty in about half of the starts: the tape was loaded before anybody asked for its examination.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tape_is_examined_at_every_start() {
    let path = fixtures().join("reply-without-request/hit.tape");
    for start in 0..12 {
        let limits = Limits::default();
        let tape = TapeReader::open(&path, &limits).unwrap();
        let mut session = Session::open_tape(tape, &limits, Fetcher::default());
        if start % 3 == 0 {
            session.store.examine_everything();
        }
        if start % 2 == 0 {
            // Whatever was told while it was loaded is over.
            while session.store.row(2).is_none_or(|row| row.digest.is_none()) {
                let event = timeout(PATIENCE, session.events.recv()).await;
                assert!(!matches!(event, Ok(None | Some(Event::Ended)) | Err(_)));
            }
        }
        session.store.examine_everything();
        examined(&mut session, 2).await;
        let found = |seq| session.store.row(seq).unwrap().digest.unwrap().found.unwrap();
        assert_eq!(found(1).codes.iter().count(), 0, "start {start}");
        assert!(
            found(2).codes.contains(Code::ReplyWithoutRequest),
            "start {start}"
        );
        end(session).await;
    }
}
