//! Latency histograms: quantiles without keeping every sample, overall and by subject and pair.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Buckets per doubling: a quantile is at most a thirty-second too high.
const STEPS: u64 = 32;
/// Longer times count as this many microseconds (about 19 hours).
const LONGEST_US: u64 = 1 << 36;
/// The name of the entry for subjects and peers that are counted together.
const MORE: &str = "(more)";

/// Times counted in buckets that grow with the times.
#[derive(Debug, Clone, Default)]
pub struct LatencyHistogram {
    buckets: Vec<u32>,
    count: u64,
}

impl LatencyHistogram {
    /// Counts a time in microseconds.
    pub fn record(&mut self, us: u64) {
        let bucket = bucket(us.min(LONGEST_US));
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        self.buckets[bucket] = self.buckets[bucket].saturating_add(1);
        self.count += 1;
    }

    /// The microseconds that a share (0 to 1) of all samples did not exceed; `None` without samples.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let wanted = ((self.count as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted
        })?;
        Some(highest(bucket))
    }

    /// Samples counted.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// Small times have a bucket each; from there on every doubling has [`STEPS`].
fn bucket(us: u64) -> usize {
    let shift = us.max(1).ilog2().saturating_sub(STEPS.ilog2());
    (STEPS * u64::from(shift) + (us >> shift)) as usize
}

/// The longest time in a bucket.
fn highest(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / STEPS).saturating_sub(1);
    ((bucket - STEPS * shift + 1) << shift) - 1
}

/// Latencies of one subject, or of one pair of peers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatencyRow {
    /// Who asked; empty where it is the row of a subject.
    pub asker: Arc<str>,
    /// The subject asked on, or who answered.
    pub name: Arc<str>,
    /// First answers counted.
    pub count: u64,
    /// The median, microseconds.
    pub p50_us: u64,
    /// Nine tenths were not slower, microseconds.
    pub p90_us: u64,
    /// 99 hundredths were not slower, microseconds.
    pub p99_us: u64,
}

/// Latencies of everything, by subject and by pair, the most frequent first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LatencyView {
    /// All of them, once there are any.
    pub all: Option<LatencyRow>,
    /// By the subject of the request.
    pub subjects: Vec<LatencyRow>,
    /// By who asked and who answered.
    pub pairs: Vec<LatencyRow>,
}

/// The latency histograms.
#[derive(Debug)]
pub(super) struct Latencies {
    pub(super) all: LatencyHistogram,
    subjects: HashMap<Arc<str>, LatencyHistogram>,
    pairs: HashMap<(Arc<str>, Arc<str>), LatencyHistogram>,
    most: usize,
}

impl Latencies {
    /// No latencies yet; so many subjects and pairs are told apart.
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: LatencyHistogram::default(),
            subjects: HashMap::new(),
            pairs: HashMap::new(),
            most,
        }
    }

    /// Counts one: a first answer.
    pub(super) fn record(&mut self, subject: &Arc<str>, asker: &Arc<str>, answerer: &Arc<str>, us: u64) {
        self.all.record(us);
        let more = || Arc::from(MORE);
        at(&mut self.subjects, subject.clone(), more, self.most).record(us);
        let pair = (asker.clone(), answerer.clone());
        at(&mut self.pairs, pair, || (more(), more()), self.most).record(us);
    }

    /// All of them as people see them.
    pub(super) fn view(&self) -> LatencyView {
        let none = Arc::<str>::default();
        let subjects = self
            .subjects
            .iter()
            .filter_map(|(name, times)| row(&none, name, times));
        let pairs = self
            .pairs
            .iter()
            .filter_map(|((asker, answerer), times)| row(asker, answerer, times));
        let mut view = LatencyView {
            all: row(&none, &none, &self.all),
            subjects: subjects.collect(),
            pairs: pairs.collect(),
        };
        for rows in [&mut view.subjects, &mut view.pairs] {
            rows.sort_by(|a, b| (b.count, &a.asker, &a.name).cmp(&(a.count, &b.asker, &b.name)));
        }
        view
    }
}

/// The histogram of a key; new keys beyond the limit share one.
fn at<K: Hash + Eq>(
    map: &mut HashMap<K, LatencyHistogram>,
    key: K,
    more: impl FnOnce() -> K,
    most: usize,
) -> &mut LatencyHistogram {
    let key = if map.len() < most || map.contains_key(&key) {
        key
    } else {
        more()
    };
    map.entry(key).or_default()
}

fn row(asker: &Arc<str>, name: &Arc<str>, times: &LatencyHistogram) -> Option<LatencyRow> {
    Some(LatencyRow {
        asker: asker.clone(),
        name: name.clone(),
        count: times.count(),
        p50_us: times.quantile(0.50)?,
        p90_us: times.quantile(0.90)?,
        p99_us: times.quantile(0.99)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_time_is_in_its_bucket(us in 0..LONGEST_US) {
            let at = bucket(us);
            prop_assert!(us <= highest(at));
            prop_assert!(at == 0 || us > highest(at - 1));
            prop_assert!(highest(at) - us <= us / STEPS + 1);
        }
    }

    #[test]
    fn quantiles_are_near() {
        let mut times = LatencyHistogram::default();
        assert_eq!(times.quantile(0.5), None);
        for ms in 1..=100 {
            times.record(ms * 1000);
        }
        for (share, ms) in [(0.50, 50), (0.99, 99), (1.0, 100)] {
            let found = times.quantile(share).unwrap();
            assert!((ms * 1000..=ms * 1032).contains(&found), "{share}: {found}");
        }
        times.record(u64::MAX);
        assert!(times.quantile(1.0).unwrap() >= LONGEST_US);
    }

    #[test]
    fn what_is_too_much_counts_together() {
        let mut latencies = Latencies::new(2);
        for name in ["a", "b", "c", "d", "a"] {
            latencies.record(&name.into(), &"me".into(), &name.into(), 10);
        }
        let view = latencies.view();
        let named: Vec<_> = view.subjects.iter().map(|row| (&*row.name, row.count)).collect();
        assert_eq!(named, [(MORE, 2), ("a", 2), ("b", 1)]);
        assert_eq!(view.pairs.iter().map(|row| row.count).sum::<u64>(), 5);
        assert_eq!(view.all.map(|row| row.count), Some(5));
    }
}
