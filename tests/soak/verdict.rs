//! What came of it: times, memory, and whether every loss was told.

use natsbridge_engine::{TapeReader, TapeRecord};
use natsbridge_wire::Limits;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// How much later or earlier than a message was published a gap may be told to begin or end.
const LEEWAY_US: i64 = 1_000_000;
/// Memory that may come and go beside what grows.
const SLACK_KIB: u64 = 24 << 10;
/// Seconds that it takes until all is as full as it gets.
const EARLY: usize = 900;
/// The most memory: that of the store, of what one message may take that somebody looks at, and of the program.
const MOST_KIB: u64 = 400 << 10;

/// The faults so far, with the times until all was well.
#[derive(Default)]
pub struct Verdict {
    faults: BTreeMap<&'static str, Vec<Duration>>,
}

impl Verdict {
    pub fn fault(&mut self, name: &'static str, back: Duration) {
        println!("{name}: well again after {back:.2?}");
        self.faults.entry(name).or_default().push(back);
    }

    pub fn count(&self) -> usize {
        self.faults.values().map(Vec::len).sum()
    }

    /// All but one of twenty were over soon.
    pub fn times(&self, soon: Duration) {
        for (name, times) in &self.faults {
            println!(
                "{:3} × {name}: at most {:.2?}",
                times.len(),
                times.iter().max().unwrap()
            );
        }
        let mut all: Vec<Duration> = self.faults.values().flatten().copied().collect();
        all.sort_unstable();
        let at = |share: usize| all[(all.len() * share / 100).min(all.len() - 1)];
        println!(
            "{} faults: half within {:.2?}, 95 of 100 within {:.2?}",
            all.len(),
            at(50),
            at(95)
        );
        assert!(
            at(95) <= soon,
            "95 of 100 were over within {:.2?}, not {soon:?}",
            at(95)
        );
    }

    /// In the last third it has no more than in the second, most of the time: what is looked at for a moment comes and goes.
    pub fn memory(seconds: &[u64]) {
        let third = seconds.len() / 3;
        let middle = |part: &[u64]| {
            let mut sorted = part.to_vec();
            sorted.sort_unstable();
            sorted.get(sorted.len() / 2).copied().unwrap_or_default()
        };
        let (second, last) = (middle(&seconds[third..2 * third]), middle(&seconds[2 * third..]));
        let most = seconds.iter().copied().max().unwrap_or_default();
        println!(
            "memory: {} MiB, in the last third {} MiB, at most {} MiB",
            second >> 10,
            last >> 10,
            most >> 10
        );
        // At first subjects and conversations are still gathered, up to their bounds.
        let slack = if seconds.len() < EARLY {
            2 * SLACK_KIB
        } else {
            SLACK_KIB
        };
        assert!(
            last <= second + second / 50 + slack,
            "it grows from {second} to {last} KiB"
        );
        assert!(most <= MOST_KIB, "{most} KiB");
    }

    /// Every message that is not on the tape was published in a gap that the tape tells of, or is counted there as missed.
    pub fn losses(tape: &Path, published: &[i64]) {
        let mut tape = TapeReader::open(tape, &Limits::default()).unwrap();
        let (mut kept, mut gaps, mut missed) = (BTreeSet::new(), vec![], 0);
        while let Some(record) = tape.next().unwrap() {
            match record {
                TapeRecord::Message(message) => {
                    kept.extend(
                        message
                            .subject
                            .strip_prefix("soak.")
                            .and_then(|n| n.parse::<usize>().ok()),
                    );
                }
                TapeRecord::Gap(gap) => gaps.push(gap.from_us - LEEWAY_US..gap.to_us + LEEWAY_US),
                TapeRecord::Missed { messages, .. } => missed += messages,
                _ => {}
            }
        }
        assert_eq!(tape.report().problems(), Vec::<String>::new());
        // Those before the first are from before it was there.
        let first = *kept.first().expect("some messages");
        let lost = (first..published.len()).filter(|number| !kept.contains(number));
        let (told, untold): (Vec<usize>, Vec<usize>) =
            lost.partition(|number| gaps.iter().any(|gap| gap.contains(&published[*number])));
        println!(
            "{} of {} numbered messages lost and told in {} gaps; {missed} missed, {} untold",
            told.len(),
            published.len(),
            gaps.len(),
            untold.len()
        );
        assert!(untold.len() as u64 <= missed, "untold: {untold:?}");
    }
}
