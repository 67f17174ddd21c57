//! How long a download may take: idle time, minimum rate and total time. Pure arithmetic on instants passed in.

use super::error::FetchErrorKind;
use crate::wording::Cause;
use natsbridge_wire::Limits;
use std::time::{Duration, Instant};

/// Bytes of a MiB.
const MIB: u64 = 1 << 20;

/// Watches the pace of one download.
#[derive(Debug)]
pub(super) struct RateMonitor<'a> {
    limits: &'a Limits,
    start: Instant,
    /// When the last bytes came.
    heard: Instant,
    /// The window for measuring the rate: its start, and the bytes received since.
    window: (Instant, u64),
    announced: Option<u64>,
    /// Bytes that have come.
    pub(super) received: u64,
}

impl<'a> RateMonitor<'a> {
    /// Starts now; the server announced so many bytes.
    pub(super) fn new(limits: &'a Limits, announced: Option<u64>, now: Instant) -> Self {
        Self {
            limits,
            start: now,
            heard: now,
            window: (now, 0),
            announced,
            received: 0,
        }
    }

    /// Notes that bytes have come.
    pub(super) fn got(&mut self, bytes: usize, now: Instant) {
        self.heard = now;
        self.received += bytes as u64;
        self.window.1 += bytes as u64;
    }

    /// When to look again if nothing comes before.
    pub(super) fn look_at(&self) -> Instant {
        let silent = self.heard + self.limits.link_idle;
        silent
            .min(self.window.0 + self.limits.link_rate_window)
            .min(self.end())
    }

    /// Checks the pace.
    pub(super) fn check(&mut self, now: Instant) -> Result<(), FetchErrorKind> {
        let received = self.received;
        let slow = |why| Err(FetchErrorKind::TooSlow { received, why });
        if now >= self.end() {
            let most = self.end() - self.start;
            return slow(format!("the limit is {most:?}"));
        }
        if now >= self.heard + self.limits.link_idle {
            let why = format!("no data received for {:?}", self.limits.link_idle);
            return Err(self.broken(Cause::of(why)));
        }
        let (since, came) = self.window;
        if now >= since + self.limits.link_rate_window {
            let window = self.limits.link_rate_window;
            let least = self.limits.link_rate.saturating_mul(window.as_millis() as u64) / 1000;
            if came < least {
                return slow(format!("only {came} bytes arrived within {window:?}"));
            }
            self.window = (now, 0);
        }
        Ok(())
    }

    /// It broke off here.
    pub(super) fn broken(&self, why: Cause) -> FetchErrorKind {
        FetchErrorKind::BrokenOff {
            received: self.received,
            announced: self.announced,
            why,
        }
    }

    fn end(&self) -> Instant {
        let bytes = self.received.max(self.announced.unwrap_or(0));
        let mib = u32::try_from(bytes.div_ceil(MIB)).unwrap_or(u32::MAX);
        let more = self.limits.link_time_per_mib.saturating_mul(mib);
        self.start
            + self
                .limits
                .link_time
                .saturating_add(more)
                .min(Duration::from_secs(1 << 30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn silence_drip_and_time_in_all() {
        let limits = Limits::default();
        let now = clock::instant();
        let after = |seconds| now + Duration::from_secs(seconds);
        let mut pace = RateMonitor::new(&limits, None, now);
        assert_eq!(pace.look_at(), after(10));
        assert_eq!(pace.check(after(9)), Ok(()));
        let silent = Cause::of("no data received for 10s");
        assert_eq!(pace.check(after(10)), Err(pace.broken(silent)));
        // A byte every five seconds is not silent, but too little.
        let mut pace = RateMonitor::new(&limits, None, now);
        pace.got(1, after(5));
        assert!(
            matches!(pace.check(after(10)), Err(FetchErrorKind::TooSlow { why, .. }) if why.contains("1 bytes"))
        );
        // Above the least rate it lasts for a minute, and a second for each MiB.
        let mut pace = RateMonitor::new(&limits, None, now);
        for second in 1..60 {
            pace.got(2048, after(second));
            assert_eq!(pace.check(after(second)), Ok(()), "{second}");
        }
        assert_eq!(pace.check(after(60)), Ok(()));
        pace.got(1, after(60));
        assert!(pace.check(after(61)).is_err());
        let mut pace = RateMonitor::new(&limits, Some(100 << 20), now);
        for second in 1..160 {
            pace.got(2048, after(second));
            assert_eq!(pace.check(after(second)), Ok(()), "{second}");
        }
        assert!(pace.check(after(160)).is_err());
    }
}
