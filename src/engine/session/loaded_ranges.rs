//! Which stream messages are already in the store, so that loading again repeats nothing.

use std::collections::{BTreeMap, HashMap};

/// The loaded messages, by stream.
#[derive(Debug, Default)]
pub(super) struct Held {
    streams: HashMap<String, BTreeMap<u64, Run>>,
    /// Up to which number a stream was last loaded, if it was up to its end, and only which subject.
    ends: HashMap<String, (u64, Option<String>)>,
}

/// A run of messages that are consecutive in both the stream and the store.
#[derive(Debug, Clone, Copy)]
struct Run {
    length: u64,
    /// The number in the store of the first, or a smaller one.
    stored: u64,
}

impl Held {
    /// Notes that these messages of the stream `key`, ascending, went into the store from number `stored` on.
    pub(super) fn add(&mut self, key: &str, sequences: impl Iterator<Item = u64>, stored: u64) {
        let runs = self.streams.entry(key.to_owned()).or_default();
        for (sequence, stored) in sequences.zip(stored..) {
            carve(runs, sequence);
            match runs.range_mut(..sequence).next_back() {
                Some((start, run)) if start + run.length == sequence && run.stored + run.length == stored => {
                    run.length += 1;
                }
                _ => {
                    runs.insert(sequence, Run { length: 1, stored });
                }
            }
        }
    }

    /// Notes that the stream `key` was loaded up to its end, which was at number `last`.
    pub(super) fn reached(&mut self, key: &str, last: u64, subject: Option<String>) {
        self.ends.insert(key.to_owned(), (last, subject));
    }

    /// The number up to which the stream `key` was loaded to its end, if all of that subject was.
    pub(super) fn end(&self, key: &str, subject: Option<&String>) -> Option<u64> {
        let (last, loaded) = self.ends.get(key)?;
        (loaded.is_none() || loaded.as_ref() == subject).then_some(*last)
    }

    /// Whether the store, which starts at number `oldest`, still has that message.
    pub(super) fn has(&self, key: &str, sequence: u64, oldest: u64) -> bool {
        let run = self
            .streams
            .get(key)
            .and_then(|runs| runs.range(..=sequence).next_back());
        run.is_some_and(|(start, run)| {
            sequence < start + run.length && run.stored + (sequence - start) >= oldest
        })
    }

    /// Forgets what the store, which starts at number `oldest`, has evicted.
    pub(super) fn forget(&mut self, oldest: u64) {
        for runs in self.streams.values_mut() {
            runs.retain(|_, run| run.stored + run.length > oldest);
        }
        self.streams.retain(|_, runs| !runs.is_empty());
    }
}

/// Removes one message from its run.
fn carve(runs: &mut BTreeMap<u64, Run>, sequence: u64) {
    let Some((&start, &run)) = runs.range(..=sequence).next_back() else {
        return;
    };
    let before = sequence - start;
    if before >= run.length {
        return;
    }
    runs.remove(&start);
    let mut put = |start: u64, length: u64, stored: u64| {
        if length > 0 {
            runs.insert(start, Run { length, stored });
        }
    };
    put(start, before, run.stored);
    put(sequence + 1, run.length - before - 1, run.stored + before + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_known_until_the_store_lets_it_go() {
        let mut held = Held::default();
        held.add("S", [1, 2, 3, 7].into_iter(), 10);
        held.add("S", [8, 9].into_iter(), 14);
        let has = |held: &Held, oldest| -> Vec<u64> {
            (0..12)
                .filter(|sequence| held.has("S", *sequence, oldest))
                .collect()
        };
        assert_eq!(has(&held, 1), [1, 2, 3, 7, 8, 9]);
        assert_eq!(has(&held, 12), [3, 7, 8, 9]);
        assert!(!held.has("T", 1, 1));
        held.forget(13);
        assert_eq!(has(&held, 1), [7, 8, 9]);
        held.forget(100);
        assert!(held.streams.is_empty());
    }

    #[test]
    fn the_end_that_was_reached_counts_for_what_was_loaded() {
        let mut held = Held::default();
        let (one, other) = (Some("s.1".to_owned()), Some("s.2".to_owned()));
        assert_eq!(held.end("S", None), None);
        held.reached("S", 100, one.clone());
        assert_eq!(held.end("S", one.as_ref()), Some(100));
        assert_eq!((held.end("S", other.as_ref()), held.end("S", None)), (None, None));
        held.reached("S", 200, None);
        assert_eq!(
            (held.end("S", one.as_ref()), held.end("S", None)),
            (Some(200), Some(200))
        );
        assert_eq!(held.end("T", None), None);
    }

    #[test]
    fn a_message_that_went_in_again_is_held_anew() {
        let mut held = Held::default();
        held.add("S", 1..=5, 1);
        held.add("S", 2..=3, 50);
        let has = |oldest| -> Vec<u64> {
            (1..=5)
                .filter(|sequence| held.has("S", *sequence, oldest))
                .collect()
        };
        assert_eq!(has(1), [1, 2, 3, 4, 5]);
        assert_eq!(has(5), [2, 3, 5]);
        assert_eq!(has(6), [2, 3]);
    }
}
