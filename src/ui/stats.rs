//! What `--stats` reports: how fast frames were drawn and keys answered, and the honest counters.

use crate::app::State;
use crate::wire::Severity;
use serde::Serialize;
use std::time::Duration;

/// Width of one bucket in microseconds.
const BUCKET_US: u128 = 50;
/// Buckets; longer times are counted in the last one (0.5 s).
const BUCKETS: usize = 10_000;

/// Times counted in buckets: quantiles without keeping every sample.
#[derive(Debug, Clone)]
pub struct Histogram {
    buckets: Vec<u32>,
    count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
            count: 0,
        }
    }
}

impl Histogram {
    /// Counts a time.
    pub fn record(&mut self, time: Duration) {
        let bucket = ((time.as_micros() / BUCKET_US) as usize).min(BUCKETS - 1);
        self.buckets[bucket] = self.buckets[bucket].saturating_add(1);
        self.count += 1;
    }

    /// The time in milliseconds that a share of all samples did not exceed; `None` without samples.
    pub fn quantile_ms(&self, share: f64) -> Option<f64> {
        let wanted = (self.count as f64 * share).ceil() as u64;
        let mut seen = 0;
        let bucket = self.buckets.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted.max(1)
        })?;
        Some((bucket + 1) as f64 * BUCKET_US as f64 / 1000.0)
    }

    /// Samples counted.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// Median and 99th percentile in milliseconds, null without samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Quantiles {
    pub p50: Option<f64>,
    pub p99: Option<f64>,
}

impl From<&Histogram> for Quantiles {
    fn from(histogram: &Histogram) -> Self {
        Self {
            p50: histogram.quantile_ms(0.50),
            p99: histogram.quantile_ms(0.99),
        }
    }
}

/// The report of one run of the workbench.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names say it; they are the JSON keys")]
pub struct RunReport {
    pub frames: u64,
    pub frame_ms: Quantiles,
    pub key_to_frame_ms: Quantiles,
    pub first_frame_ms: Option<f64>,
    pub received: u64,
    pub stored: u64,
    pub shown: u64,
    pub filtered: u64,
    pub evicted: u64,
    pub dropped: u64,
    pub undecodable: u64,
    pub peak_memory_bytes: Option<u64>,
    /// What was to be told when there was no screen any more.
    #[serde(skip)]
    pub last_words: Vec<(Severity, String)>,
}

/// Times taken during a run.
#[derive(Debug, Default)]
pub struct Stats {
    /// Time to draw a frame.
    pub frames: Histogram,
    /// Time from reading a key to its frame being on screen.
    pub keys: Histogram,
    /// Time from the start to the first frame.
    pub first_frame: Option<Duration>,
    /// What came to be told when there was no screen any more.
    pub last_words: Vec<(Severity, String)>,
}

impl Stats {
    /// The report, with the counters as they are now.
    pub fn report(&self, state: &State) -> RunReport {
        let counters = state.store.counters();
        RunReport {
            frames: self.frames.count(),
            frame_ms: (&self.frames).into(),
            key_to_frame_ms: (&self.keys).into(),
            first_frame_ms: self.first_frame.map(|time| time.as_secs_f64() * 1000.0),
            received: counters.received,
            stored: counters.stored,
            shown: state.view.len() as u64,
            filtered: state.view.hidden(),
            evicted: counters.evicted,
            dropped: counters.dropped,
            undecodable: counters.undecodable,
            peak_memory_bytes: std::fs::read_to_string("/proc/self/status")
                .ok()
                .and_then(|text| peak(&text)),
            last_words: self.last_words.clone(),
        }
    }
}

/// The peak resident size in a `/proc/self/status`, in bytes.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_bucket() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile_ms(0.5), None);
        for ms in 1..=100 {
            histogram.record(Duration::from_millis(ms));
        }
        let near = |share, ms: f64| {
            histogram
                .quantile_ms(share)
                .is_some_and(|at| (at - ms).abs() < 0.1)
        };
        assert!(near(0.50, 50.0) && near(0.99, 99.0) && near(1.0, 100.0));
    }

    #[test]
    fn the_peak_is_read_from_the_status() {
        assert_eq!(peak("Name:\tx\nVmHWM:\t    2048 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(peak("nothing"), None);
    }
}
