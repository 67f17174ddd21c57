//! What is in memory, saved as a tape afterwards: the same as what a recording beside it wrote, or exactly the messages that
//! were chosen; whole, or not there at all.

use crate::support::binary::Folder;
use crate::support::broker_stand::broker;
use crate::support::session_stand::{back, end};
use crate::support::tape_stand::{Said, heard, messages, publish, read, recorded, recording_with};
use natsbridge_engine::{
    Command, ConnectOptions, ConnectionCommand, Gap, Headers, Incoming, SavedTape, Store, StoredMessage,
    TapeError, TapeOrigin, TapeRecord, TapeSelection, save_tape,
};
use natsbridge_wire::{Limits, Steps, Unwatched};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A store that holds these.
fn store_of(said: &[Said], change: impl FnOnce(&mut Limits)) -> Store {
    let mut limits = Limits::default();
    change(&mut limits);
    let store = Store::new(limits.into());
    fill(&store, said);
    store
}

fn fill(store: &Store, said: &[Said]) {
    for (number, message) in said.iter().enumerate() {
        store.append([Incoming {
            at_us: 1_795_348_862_118_000 + number as i64,
            subject: &message.subject,
            reply: message.reply.as_deref(),
            headers: Headers::of(&message.headers),
            payload: &message.payload,
        }]);
    }
}

fn saved(store: &Store, selection: &TapeSelection, path: &Path) -> SavedTape {
    let saved = save_tape(store, selection, &TapeOrigin::default(), path, &Unwatched);
    saved.unwrap().unwrap()
}

fn said_on(path: &Path) -> Vec<Said> {
    let (entries, report) = read(path);
    assert!(
        report.ended && report.problems().is_empty(),
        "{:?}",
        report.problems()
    );
    let messages = heard(entries);
    let numbers = messages.iter().map(|message| message.seq);
    assert!(numbers.eq(1..=messages.len() as u64), "they are numbered anew");
    messages.into_iter().map(Said::from).collect()
}

fn gaps_on(path: &Path) -> Vec<Gap> {
    let gaps = read(path).0.into_iter().filter_map(|entry| match entry {
        TapeRecord::Gap(gap) => Some(gap),
        _ => None,
    });
    gaps.collect()
}

/// Every file in a folder, hidden ones too.
fn files(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saved_tape_is_what_was_recorded_beside_it() {
    let (broker, folder, said) = (broker().await, Folder::new(), messages(6000));
    let (url, recording) = (broker.url(), folder.path().join("recorded.jsonl"));
    let mut session = recording_with(&url, &recording, &["t.>"], |_| {}).await;
    publish(&url, &said[..3000]).await;
    recorded(&mut session, 3000).await;
    let again = Command::Connection(ConnectionCommand::Reconnect);
    session.commands.send(again).await.unwrap();
    back(&mut session).await;
    publish(&url, &said[3000..]).await;
    recorded(&mut session, 6000).await;
    let origin = TapeOrigin {
        server: ConnectOptions::from_urls(&url).unwrap().address(),
        subjects: vec!["t.>".into()],
    };
    let path = folder.path().join("saved.jsonl");
    let all = TapeSelection::Range(session.store.range());
    let saved = save_tape(&session.store, &all, &origin, &path, &Unwatched)
        .unwrap()
        .unwrap();
    end(session).await;

    let [recorded, written] = [&recording, &path].map(|path| std::fs::read(path).unwrap());
    assert_eq!((saved.messages, saved.evicted, saved.missed), (6000, 0, 0));
    assert_eq!(saved.bytes, written.len() as u64);
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    };
    let (recorded, written) = (lines(&recorded), lines(&written));
    assert_eq!((recorded.len(), written.len()), (6003, 6003), "start, gap, end");
    for (number, (recorded, written)) in recorded.iter().zip(&written).enumerate() {
        // The first and the last line say when it was written.
        if (1..6002).contains(&number) {
            assert_eq!(
                recorded.escape_ascii().to_string(),
                written.escape_ascii().to_string()
            );
            continue;
        }
        let parsed = [recorded, written].map(|line| {
            let mut line: serde_json::Value = serde_json::from_slice(line).unwrap();
            for time in ["guard", "started", "end"] {
                line.as_object_mut().unwrap().remove(time);
            }
            line
        });
        assert_eq!(parsed[0], parsed[1]);
    }
    assert_eq!(gaps_on(&path)[0].before, 3001);
    assert!(said_on(&path) == said);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds secrets as any tape does");
    }
}

#[test]
fn chosen_messages_are_saved_and_no_others_with_the_gaps_between_them() {
    let (folder, said) = (Folder::new(), messages(5000));
    let store = store_of(&said, |_| {});
    for (before, cause) in [
        (1, "before all"),
        (40, "between"),
        (41, "after"),
        (5001, "after all"),
    ] {
        store.mark_gap(Gap {
            before,
            from_us: 5,
            to_us: 6,
            cause: cause.into(),
        });
    }
    let place = |number: u64| said[number as usize - 1].clone();
    let every_third: Vec<u64> = (1..=5000).step_by(3).collect();
    let kept: Vec<StoredMessage> = [7, 30, 40].map(|seq| store.message(seq).unwrap()).into();
    let cases = [
        (
            TapeSelection::Range(100..200),
            (100..200).collect::<Vec<u64>>(),
            vec![],
        ),
        (
            TapeSelection::Range(1..5001),
            (1..5001).collect(),
            vec![(1, 1), (40, 40), (41, 41), (5001, 5001)],
        ),
        (
            TapeSelection::These(every_third.clone()),
            every_third,
            vec![(40, 14), (41, 15)],
        ),
        (
            TapeSelection::These(vec![4, 39, 40]),
            vec![4, 39, 40],
            vec![(40, 3)],
        ),
        (TapeSelection::These(vec![40]), vec![40], vec![]),
        // Marked messages are kept, whether the store has them or not.
        (TapeSelection::Kept(kept), vec![7, 30, 40], vec![(40, 3)]),
    ];
    for (number, (selection, expected, gaps)) in cases.iter().enumerate() {
        let path = folder.path().join(format!("{number}.jsonl"));
        let done = saved(&store, selection, &path);
        assert_eq!(done.messages, expected.len() as u64);
        let expected: Vec<Said> = expected.iter().map(|number| place(*number)).collect();
        assert!(said_on(&path) == expected, "case {number}");
        let causes = |before: u64| {
            store
                .gaps()
                .into_iter()
                .find(|gap| gap.before == before)
                .unwrap()
                .cause
        };
        let gaps: Vec<_> = gaps
            .iter()
            .map(|(before, number)| (*number, causes(*before)))
            .collect();
        let on_it: Vec<_> = gaps_on(&path)
            .into_iter()
            .map(|gap| (gap.before, gap.cause))
            .collect();
        assert_eq!(on_it, gaps, "case {number}");
    }
    let times: Vec<i64> = heard(read(&folder.path().join("0.jsonl")).0)
        .iter()
        .map(|message| message.at_us)
        .collect();
    let stored: Vec<i64> = (100..200).map(|seq| store.message(seq).unwrap().at_us).collect();
    assert_eq!(times, stored, "arrival times are kept");
}

#[test]
fn a_body_that_was_not_kept_is_counted_in_its_place() {
    let (folder, said) = (Folder::new(), messages(16));
    let store = store_of(&said, |limits| limits.direct_message = 300);
    let path = folder.path().join("tape.jsonl");
    let done = saved(&store, &TapeSelection::Range(store.range()), &path);
    assert_eq!((done.messages, done.missed), (14, 2));
    let (entries, report) = read(&path);
    let missed = entries.iter().filter_map(|entry| match entry {
        TapeRecord::Missed { from, messages } => Some((*from, *messages)),
        _ => None,
    });
    assert_eq!(missed.collect::<Vec<_>>(), [(7, 1), (15, 1)]);
    assert_eq!((report.messages, report.missed, report.lost), (14, 2, 0));
}

/// Work during which something happens, and that is given up after so many steps.
struct Meanwhile<F> {
    steps: AtomicU64,
    most: u64,
    happens: F,
}

impl<F: Fn() + Sync> Steps for Meanwhile<F> {
    fn step(&self, done: u64, total: u64) -> bool {
        assert!(done <= total);
        (self.happens)();
        self.steps.fetch_add(1, Ordering::Relaxed) < self.most
    }
}

#[test]
fn what_is_evicted_while_it_is_saved_is_counted_and_its_place_marked() {
    let (folder, said) = (Folder::new(), messages(10_000));
    let store = store_of(&said, |limits| limits.store_messages = 10_000);
    let path = folder.path().join("tape.jsonl");
    let all = TapeSelection::Range(store.range());
    // A thousand go with every step.
    let meanwhile = Meanwhile {
        steps: AtomicU64::new(0),
        most: u64::MAX,
        happens: || fill(&store, &said[..2500]),
    };
    let done = save_tape(&store, &all, &TapeOrigin::default(), &path, &meanwhile)
        .unwrap()
        .unwrap();
    assert!(done.evicted > 0 && done.missed == 0, "{done:?}");
    assert_eq!(done.messages + done.evicted, 10_000);
    let on_it = said_on(&path);
    assert_eq!(on_it.len() as u64, done.messages);
    assert!(on_it[..1024] == said[..1024], "what was there at first");
    let gaps = gaps_on(&path);
    let marked: u64 = gaps
        .iter()
        .map(|gap| {
            let (count, why) = gap.cause.split_once(' ').unwrap();
            assert!(why.ends_with("evicted from memory before being saved"), "{why}");
            assert!(gap.from_us <= gap.to_us);
            count.replace(',', "").parse::<u64>().unwrap()
        })
        .sum();
    assert_eq!(marked, done.evicted);
    assert_eq!(gaps[0].before, 1025);
}

#[test]
fn what_is_given_up_leaves_nothing_behind() {
    let (folder, said) = (Folder::new(), messages(10_000));
    let store = store_of(&said, |_| {});
    let path = folder.path().join("tape.jsonl");
    let all = TapeSelection::Range(store.range());
    // In the middle, and once all was written but for the name.
    for most in [0, 3, 9] {
        let meanwhile = Meanwhile {
            steps: AtomicU64::new(0),
            most,
            happens: || assert!(!path.exists(), "it has its name once it is whole"),
        };
        let done = save_tape(&store, &all, &TapeOrigin::default(), &path, &meanwhile).unwrap();
        assert_eq!(done, None);
        assert_eq!(meanwhile.steps.into_inner(), most + 1, "no step after that");
        assert_eq!(files(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn a_tape_that_cannot_be_saved_says_why_and_changes_nothing() {
    let (folder, said) = (Folder::new(), messages(3));
    let store = store_of(&said, |_| {});
    let all = TapeSelection::Range(store.range());
    let mine = folder.path().join("mine");
    std::fs::write(&mine, "mine").unwrap();
    let refused = |path: &Path, steps: &dyn Steps| {
        save_tape(&store, &all, &TapeOrigin::default(), path, steps).unwrap_err()
    };
    let told = refused(&mine, &Unwatched).to_string();
    assert!(
        told.ends_with("already exists and was not changed; choose another name"),
        "{told}"
    );
    // Somebody else takes the name while the tape is written.
    let taken = folder.path().join("taken");
    let meanwhile = Meanwhile {
        steps: AtomicU64::new(0),
        most: u64::MAX,
        happens: || std::fs::write(&taken, "theirs").unwrap(),
    };
    assert!(matches!(refused(&taken, &meanwhile), TapeError::Exists(path) if path == taken));
    let nowhere = folder.path().join("nowhere/tape.jsonl");
    let told = refused(&nowhere, &Unwatched).to_string();
    assert!(
        told.contains("nowhere/tape.jsonl: there is no such directory; nothing of it was kept."),
        "{told}"
    );
    assert!(
        told.ends_with("Create the directory, or choose another one"),
        "{told}"
    );
    #[cfg(unix)]
    {
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("outside"), &link).unwrap();
        assert!(
            matches!(refused(&link, &Unwatched), TapeError::Exists(_)),
            "no link is followed"
        );
        std::fs::remove_file(link).unwrap();
    }
    let mut left = files(folder.path());
    left.sort();
    assert_eq!(left, ["mine", "taken"]);
    let texts = [mine, taken].map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(texts, ["mine", "theirs"]);
}
