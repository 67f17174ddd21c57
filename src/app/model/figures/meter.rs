//! A rate and its recent history, sampled from a running count.

/// Samples kept for the sparkline.
pub const SAMPLES: usize = 16;

/// Messages per second of one thing, smoothed, with the last samples.
#[derive(Debug, Clone, Copy, Default)]
pub struct Meter {
    last: Option<u64>,
    rate: f32,
    samples: [f32; SAMPLES],
}

impl Meter {
    /// Takes the running count `seconds` after the previous sample; the first one only sets the baseline.
    pub fn sample(&mut self, count: u64, seconds: f64) {
        let before = self.last.replace(count);
        let now = match before {
            Some(before) if seconds > 0.0 => (count.saturating_sub(before) as f64 / seconds) as f32,
            _ => 0.0,
        };
        // A stop shows immediately; changes of a steady stream are smoothed to keep the figure readable.
        self.rate = if now == 0.0 || self.rate == 0.0 {
            now
        } else {
            self.rate * 0.5 + now * 0.5
        };
        self.samples.rotate_left(1);
        self.samples[SAMPLES - 1] = now;
    }

    /// The smoothed rate per second.
    pub fn rate(&self) -> f64 {
        f64::from(self.rate)
    }

    /// The last samples, oldest first.
    pub fn samples(&self) -> &[f32; SAMPLES] {
        &self.samples
    }

    /// Whether anything moved within the samples kept.
    pub fn moves(&self) -> bool {
        self.samples.iter().any(|sample| *sample > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_measured_and_its_end_is_seen() {
        let mut meter = Meter::default();
        meter.sample(100, 1.0);
        assert!(!meter.moves());
        meter.sample(130, 1.0);
        meter.sample(160, 1.0);
        assert!((meter.rate() - 30.0).abs() < 0.01);
        meter.sample(160, 1.0);
        assert!(meter.rate() == 0.0 && meter.moves());
        for _ in 0..SAMPLES {
            meter.sample(160, 1.0);
        }
        assert!(!meter.moves());
    }
}
