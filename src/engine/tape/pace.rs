//! When the messages of a tape are due. All times are relative to the start, never to the last message, so that
//! delays do not add up. Uses no clock.

/// How fast a tape runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReplaySpeed {
    /// So many times as fast as it was recorded.
    Times(f64),
    /// As fast as can be.
    Max,
}

/// A text that is no speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a speed is relative to the recording (1, 10, 0.5), or max")]
pub struct NoSpeed;

impl ReplaySpeed {
    /// Reads `1`, `10`, `0.5` or `max`.
    pub fn parse(text: &str) -> Result<Self, NoSpeed> {
        let times = text.strip_suffix(['x', '×']).unwrap_or(text).parse::<f64>();
        match times {
            _ if text == "max" => Ok(Self::Max),
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Self::Times(times)),
            _ => Err(NoSpeed),
        }
    }
}

/// The timing of one replay.
#[derive(Debug, Clone)]
pub struct ReplayTiming {
    speed: ReplaySpeed,
    /// Times of the first message: on the tape, and by the clock of the replay.
    origin: Option<(i64, i64)>,
    paused_at: Option<i64>,
}

impl ReplayTiming {
    /// A replay that has not begun.
    pub fn new(speed: ReplaySpeed) -> Self {
        Self {
            speed,
            origin: None,
            paused_at: None,
        }
    }

    /// When a message of the tape is due, in microseconds of the replay's clock; the first is due now. `None` while it is
    /// paused. What is older than the first is due at once.
    pub fn due(&mut self, at_us: i64, now_us: i64) -> Option<i64> {
        if self.paused_at.is_some() {
            return None;
        }
        let ReplaySpeed::Times(times) = self.speed else {
            return Some(now_us);
        };
        let (tape_us, start_us) = *self.origin.get_or_insert((at_us, now_us));
        let since = at_us.saturating_sub(tape_us) as f64 / times;
        Some(start_us.saturating_add(since as i64))
    }

    /// Pauses, or resumes as if no time had passed.
    pub fn pause(&mut self, paused: bool, now_us: i64) {
        match (self.paused_at, paused) {
            (None, true) => self.paused_at = Some(now_us),
            (Some(since), false) => {
                self.paused_at = None;
                if let Some((_, start_us)) = &mut self.origin {
                    *start_us += now_us - since;
                }
            }
            _ => {}
        }
    }

    /// Whether it is paused.
    pub fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }

    /// A message was sent by hand while paused: it counts as due at the pause, and later ones keep their distance
    /// from it.
    pub fn stepped(&mut self, at_us: i64) {
        if let Some(paused) = self.paused_at {
            let ReplaySpeed::Times(times) = self.speed else {
                return;
            };
            let (tape_us, _) = *self.origin.get_or_insert((at_us, paused));
            let since = at_us.saturating_sub(tape_us) as f64 / times;
            self.origin = Some((tape_us, paused.saturating_sub(since as i64)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds() {
        assert_eq!(ReplaySpeed::parse("max"), Ok(ReplaySpeed::Max));
        assert_eq!(ReplaySpeed::parse("10"), Ok(ReplaySpeed::Times(10.0)));
        assert_eq!(ReplaySpeed::parse("0.5x"), Ok(ReplaySpeed::Times(0.5)));
        for bad in ["", "0", "-1", "inf", "NaN", "fast", "x"] {
            assert!(ReplaySpeed::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_counted_from_the_start() {
        let mut pace = ReplayTiming::new(ReplaySpeed::Times(2.0));
        assert_eq!(pace.due(1_000, 50), Some(50));
        assert_eq!(pace.due(3_000, 700), Some(1050), "late before is not late now");
        assert_eq!(pace.due(500, 2000), Some(-200), "older than the first: at once");
        let mut fastest = ReplayTiming::new(ReplaySpeed::Max);
        assert_eq!(fastest.due(1_000, 50), Some(50));
        assert_eq!(fastest.due(9_000_000, 60), Some(60));
    }

    #[test]
    fn a_pause_takes_no_time_and_a_step_moves_the_rest() {
        let mut pace = ReplayTiming::new(ReplaySpeed::Times(1.0));
        pace.due(0, 0);
        pace.pause(true, 100);
        assert_eq!(pace.due(200, 150), None);
        pace.pause(false, 1100);
        assert_eq!(pace.due(200, 1100), Some(1200));
        pace.pause(true, 1150);
        pace.stepped(200);
        pace.pause(false, 5150);
        assert_eq!(
            pace.due(300, 5150),
            Some(5250),
            "its distance from the one stepped to"
        );
    }
}
