//! Messages that memory has no room for lie on disk, and nobody who reads them sees a difference.

use crate::support::binary::Folder;
use crate::support::spill_stand::{fill, is_whole, settled, spilling, spilling_with};
use natsbridge_engine::{Batch, Gap, Headers, Incoming, Store, TextSearch};
use natsbridge_wire::{Limits, Unwatched};
use proptest::prelude::*;

/// What is done to a store.
#[derive(Debug, Clone)]
enum Step {
    /// Messages come: how they are told apart, and how many bytes each has beside its envelope.
    Come(Vec<(u8, usize)>),
    Digest(usize),
    /// The message at this share of what is held is examined.
    Examine(u8),
    ExamineSome,
    MarkGap,
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let come = || prop::collection::vec((any::<u8>(), 0usize..400), 1..20).prop_map(Step::Come);
    prop_oneof![
        come(),
        come(),
        come(),
        (1usize..40).prop_map(Step::Digest),
        any::<u8>().prop_map(Step::Examine),
        Just(Step::ExamineSome),
        Just(Step::MarkGap),
        Just(Step::Clear),
    ]
}

/// An envelope, a broken one, or no envelope at all.
fn payload(kind: u8, size: usize) -> String {
    let text = ["Pinot noir", "grape", "vine"][usize::from(kind) % 3].repeat(size / 8);
    match kind % 5 {
        0 => text,
        1 => format!("{{\"correlation_id\":\"{text}"),
        _ => format!(
            r#"{{"correlation_id":"c{}","msg_id":"m{kind}","timestamp":"","send_to":"","msg_purpose":"{}","sender_name":"s{}","sender_id":"","receiver_name":"","receiver_id":"","reply_to":"r","reply_to_msg_id":"","broker_url":"","metadata":{{}},"payloads":[{{"id":"","dataname":"m","payload_type":"text","transport":"direct","encoding":"base64","size":3,"data":"{text}"}}]}}"#,
            kind % 7,
            kind % 2,
            kind % 11,
        ),
    }
}

fn apply(store: &Store, step: &Step, spills: bool) {
    match step {
        Step::Come(messages) => {
            let messages: Vec<_> = messages
                .iter()
                .map(|(kind, size)| (*kind, format!("s.{}", kind % 6), payload(*kind, *size)))
                .collect();
            let headers = [("K".to_owned(), vec!["v".to_owned()])];
            store.append(messages.iter().map(|(kind, subject, payload)| Incoming {
                at_us: i64::from(*kind),
                subject,
                reply: (kind % 4 == 0).then_some("_INBOX.r"),
                headers: if kind % 3 == 0 {
                    Headers::of(&headers)
                } else {
                    Headers::default()
                },
                payload: payload.as_bytes(),
            }));
        }
        Step::Digest(most) => drop(store.digest_pending(*most)),
        Step::Examine(share) => {
            let held = store.range();
            let seq = held.start + (held.end - held.start) * u64::from(*share) / 256;
            store.examine(seq);
        }
        Step::ExamineSome => drop(store.examine_pending()),
        Step::MarkGap => store.mark_gap(Gap {
            before: store.range().end,
            from_us: 1,
            to_us: 2,
            cause: "it was tried".into(),
        }),
        Step::Clear => store.clear(),
    }
    if spills {
        settled(store);
    }
}

/// Everything that can be seen of a store.
fn seen(store: &Store) -> Vec<String> {
    let mut seen = vec![format!("{:?}", store.range())];
    let mut counters = store.counters();
    (counters.bytes_stored, counters.bytes_on_disk) = (0, 0);
    seen.push(format!("{counters:?} {:?} {:?}", store.gaps(), store.subjects()));
    let held = store.range();
    seen.extend(store.rows(0..u64::MAX).iter().map(|row| format!("{row:?}")));
    for seq in held.clone() {
        let row = store.row(seq).map(|row| row.seq);
        seen.push(format!("{row:?} {:?} {:?}", store.found(seq), store.message(seq)));
    }
    let mut next = held.start.saturating_sub(3);
    loop {
        let batch = store.messages(next, 5, 700);
        if batch.messages.is_empty() {
            assert_eq!(
                batch,
                Batch {
                    next,
                    ..Batch::default()
                }
            );
            break;
        }
        assert_eq!(batch.next - next, batch.missed + batch.messages.len() as u64);
        seen.extend(batch.messages.iter().map(|message| format!("{message:?}")));
        next = batch.next;
    }
    let mut subjects = Vec::new();
    let next = store.scan_subjects(held.start + 2, |seq, id| subjects.push((seq, id)));
    seen.push(format!("{next} {subjects:?}"));
    for text in ["vine", "Pinot", "s.3", "K: v", "zzz", "INBOX"] {
        seen.push(format!(
            "{text} {:?}",
            store.find(&TextSearch::new(text).unwrap(), &Unwatched)
        ));
    }
    let problems = store.problems(|found| (found.examined, found.missed, format!("{:?}", found.all())));
    seen.push(format!("{problems:?}"));
    seen.push(format!("{:?}", store.timeline(|timeline| timeline.counts())));
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Row 50.
    #[test]
    fn whatever_is_on_disk_looks_as_if_it_were_in_memory(steps in prop::collection::vec(step(), 1..40)) {
        let folder = Folder::new();
        // Few subjects have a number of their own; the others are kept with their messages.
        let change = |limits: &mut Limits| {
            limits.subjects = 4;
            limits.examined_at_once = 2000;
        };
        let mut limits = Limits::default();
        change(&mut limits);
        let (memory, disk) = (Store::new(limits.into()), spilling_with(folder.path(), 1 << 30, change));
        for step in &steps {
            apply(&memory, step, false);
            apply(&disk, step, true);
        }
        prop_assert_eq!(seen(&disk), seen(&memory));
    }
}

/// Row 50.
#[test]
fn pages_go_to_disk_undigested_and_are_digested_there() {
    let folder = Folder::new();
    let store = spilling(folder.path(), 1 << 30);
    fill(&store, 1000, 300);
    assert!(store.counters().bytes_on_disk > 300_000);
    assert!(store.row(1).unwrap().digest.is_none());
    assert_eq!(store.digest_pending(5000), 1000);
    assert!(store.rows(0..u64::MAX).iter().all(|row| row.digest.is_some()));
    is_whole(&store, 300);
}

/// Row 50.
#[test]
fn beyond_the_share_of_the_disk_the_oldest_go_and_are_counted() {
    let folder = Folder::new();
    let store = spilling(folder.path(), 200_000);
    fill(&store, 3000, 300);
    let counters = store.counters();
    assert!(counters.bytes_on_disk <= 200_000, "{counters:?}");
    assert!(
        counters.bytes_on_disk > 100_000 && counters.evicted > 1000,
        "{counters:?}"
    );
    is_whole(&store, 300);
    store.clear();
    let cleared = store.counters();
    assert_eq!(
        (cleared.bytes_stored, cleared.bytes_on_disk, cleared.evicted),
        (0, 0, 3000)
    );
    fill(&store, 500, 300);
    assert!(store.counters().bytes_on_disk > 0);
    assert_eq!(store.range(), 3001..3501);
    let batch = store.messages(2990, 100, usize::MAX);
    assert_eq!((batch.missed, batch.messages[0].seq), (11, 3001));
}

/// Row 50.
#[test]
fn messages_that_come_too_fast_are_counted() {
    let folder = Folder::new();
    let store = spilling(folder.path(), 1 << 30);
    let payload = [b'x'; 300];
    store.append((0..20_000).map(|_| Incoming {
        at_us: 1,
        subject: "a",
        reply: None,
        headers: Headers::default(),
        payload: &payload,
    }));
    settled(&store);
    let (held, counters) = (store.range(), store.counters());
    assert_eq!((counters.stored, counters.evicted), (20_000, held.start - 1));
    assert_eq!(store.rows(0..u64::MAX).len() as u64, held.end - held.start);
}
