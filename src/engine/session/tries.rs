//! The tries to connect since the last connection, or since somebody asked for one: how many, how they failed, and when
//! the next is due.

use crate::connect::{Backoff, ConnectError};
use std::time::Duration;

/// After this many refusals in a row we stop trying: more would only lock the account.
const REFUSALS: u32 = 3;
/// Time between tries that were refused.
const AFTER_REFUSAL: Duration = Duration::from_millis(250);

/// The tries so far.
#[derive(Debug, Default)]
pub(super) struct Tries {
    pub(super) count: u32,
    pub(super) last_error: Option<String>,
    refusals: u32,
    /// The next one waits for nothing.
    pub(super) at_once: bool,
}

impl Tries {
    /// None yet; the first need not wait if somebody asked for it.
    pub(super) fn new(at_once: bool) -> Self {
        Self {
            at_once,
            ..Self::default()
        }
    }

    /// How long the next one waits.
    pub(super) fn pause(&self, backoff: &Backoff, lost: bool) -> Duration {
        match self.refusals {
            _ if self.at_once => Duration::ZERO,
            0 => backoff.pause(self.count, lost),
            _ => AFTER_REFUSAL,
        }
    }

    /// Notes how one failed; why no other should follow, if none should.
    pub(super) fn failed(&mut self, error: &ConnectError) -> Option<String> {
        let refusals = if error.is_final() { self.refusals + 1 } else { 0 };
        *self = Self {
            count: self.count + 1,
            last_error: Some(error.to_string()),
            refusals,
            at_once: false,
        };
        self.last_error.clone().filter(|_| refusals == REFUSALS)
    }
}
