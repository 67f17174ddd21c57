//! A lost or replaced connection: when, why, and which messages may be missing.

use crate::message::Gap;
use jiff::Timestamp;
use std::time::Duration;

/// When and why the last connection ended.
#[derive(Debug)]
pub(super) struct Outage {
    pub(super) since: Timestamp,
    pub(super) server_id: String,
    pub(super) cause: String,
    /// How many were lost so far; `None` if this one was ended on request.
    pub(super) number: Option<u64>,
}

impl Outage {
    /// The mark for the message list, before that message.
    pub(super) fn gap(&self, before: u64, now: Timestamp) -> Gap {
        Gap {
            before,
            from_us: self.since.as_microsecond(),
            to_us: now.as_microsecond(),
            cause: self.cause.clone(),
        }
    }

    /// The notice once connected again to the server with that id.
    pub(super) fn sentence(&self, now: Timestamp, server_id: &str) -> String {
        let Self { since, cause, .. } = self;
        let same = if self.server_id == server_id && self.number.is_some() {
            " The broker did not restart in the meantime."
        } else {
            ""
        };
        let times = (self.number).map_or(String::new(), |number| format!(", loss {number} of this session"));
        let (from, to) = (since.strftime("%H:%M:%S%.3f"), now.strftime("%H:%M:%S%.3f"));
        format!("Reconnected; messages from {from} to {to} UTC may be missing ({cause}{times}).{same}")
    }
}

/// Looks again and again whether this program goes on: it was stopped, or the machine slept, where a look comes far too late.
/// Times are those of [`clock::steady_us`](crate::clock::steady_us).
#[derive(Debug)]
pub(super) struct Standstill {
    looked_us: i64,
    /// Time between two looks that says that nothing went on.
    long_us: i64,
    /// The last look before the last standstill, and the first one after it.
    last: Option<(i64, i64)>,
}

impl Standstill {
    /// Looks every so often, for the first time now.
    pub(super) fn new(every: Duration, now_us: i64) -> Self {
        Self {
            looked_us: now_us,
            long_us: i64::try_from(every.as_micros())
                .unwrap_or(i64::MAX)
                .saturating_mul(2),
            last: None,
        }
    }

    /// Looks; gives how long nothing has gone on, if it has not until now.
    pub(super) fn look(&mut self, now_us: i64) -> Option<Duration> {
        let stood_us = now_us - self.looked_us;
        let stood = (stood_us > self.long_us).then_some(stood_us);
        if stood.is_some() {
            self.last = Some((self.looked_us, now_us));
        }
        self.looked_us = now_us;
        stood.map(|us| Duration::from_micros(us.unsigned_abs()))
    }

    /// When the last standstill began, where it ended after all that the broker had sent up to `whole_us` was read: what it
    /// sent meanwhile may not have been kept for us.
    pub(super) fn since(&self, whole_us: i64) -> Option<i64> {
        let (from_us, to_us) = self.last?;
        (whole_us < to_us).then_some(from_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standstill_is_known_until_the_broker_answered_after_it() {
        const SECOND: i64 = 1_000_000;
        let mut still = Standstill::new(Duration::from_millis(500), 0);
        assert_eq!(still.look(SECOND / 2), None);
        assert_eq!(still.look(SECOND), None);
        assert_eq!(still.since(0), None);
        assert_eq!(still.look(13 * SECOND), Some(Duration::from_secs(12)));
        assert_eq!(still.look(13 * SECOND + 1), None);
        assert_eq!(still.since(12 * SECOND), Some(SECOND));
        assert_eq!(
            still.since(13 * SECOND),
            None,
            "it answered what was asked after it"
        );
    }
}
