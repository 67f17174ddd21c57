//! The report of `--stats`: how fast frames were drawn and keys answered, and the counters.

use super::memory::SavedState;
use natsbridge_app::State;
use natsbridge_engine::LatencyHistogram;
use natsbridge_wire::Severity;
use serde::Serialize;
use std::time::Duration;

/// Median and 99th percentile in milliseconds, null without samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct Quantiles {
    pub p50: Option<f64>,
    pub p99: Option<f64>,
}

impl From<&LatencyHistogram> for Quantiles {
    fn from(histogram: &LatencyHistogram) -> Self {
        let ms = |share| histogram.quantile(share).map(|us| us as f64 / 1000.0);
        Self {
            p50: ms(0.50),
            p99: ms(0.99),
        }
    }
}

/// The report of one run of the workbench.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names are the JSON keys")]
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
    pub lost: u64,
    pub spilled_bytes: u64,
    pub dropped: u64,
    pub undecodable: u64,
    pub peak_memory_bytes: Option<u64>,
    /// Notices that came after the screen was closed.
    #[serde(skip)]
    pub last_words: Vec<(Severity, String)>,
    /// What the next run is to know.
    #[serde(skip)]
    pub memory: SavedState,
}

/// Times taken during a run.
#[derive(Debug, Default)]
pub struct Stats {
    /// Time to draw a frame.
    pub frames: LatencyHistogram,
    /// Time from reading a key to its frame being on screen.
    pub keys: LatencyHistogram,
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
            shown: state.messages.list.len() as u64,
            filtered: state.messages.list.hidden(),
            evicted: counters.evicted,
            lost: counters.lost(),
            spilled_bytes: counters.bytes_on_disk,
            dropped: counters.dropped,
            undecodable: counters.undecodable,
            peak_memory_bytes: std::fs::read_to_string("/proc/self/status")
                .ok()
                .and_then(|text| peak(&text)),
            last_words: self.last_words.clone(),
            memory: SavedState::default(),
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
    fn quantiles_are_milliseconds() {
        let mut histogram = LatencyHistogram::default();
        let none = Quantiles { p50: None, p99: None };
        assert_eq!(Quantiles::from(&histogram), none);
        for us in 1..=10 {
            histogram.record(us);
        }
        assert_eq!(Quantiles::from(&histogram).p50, Some(0.005));
    }

    #[test]
    fn the_peak_is_read_from_the_status() {
        assert_eq!(peak("Name:\tx\nVmHWM:\t    2048 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(peak("nothing"), None);
    }
}
