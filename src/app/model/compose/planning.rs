//! What is known beforehand of what would go out, and of which change of the message.

use super::listeners::Listeners;
use super::news::Way;
use natsbridge_engine::Plan;

/// Microseconds without a change after which a plan is made.
const SETTLED_US: i64 = 120_000;

/// What a plan was made of: the change, and the way that the message goes.
pub type Basis = (u64, Way);

/// What is known of what would go out.
#[derive(Debug, Clone, Default)]
pub struct Planning {
    /// The latest plan; it may be of an earlier change.
    pub plan: Option<Box<Plan>>,
    /// Who is known to get it.
    pub listeners: Listeners,
    seen: Option<Basis>,
    seen_us: i64,
    asked: Option<Basis>,
    made: Option<Basis>,
}

impl Planning {
    /// Whether the plan shown is of the message as it stands.
    pub fn is_current(&self) -> bool {
        self.made.is_some() && self.made == self.seen
    }

    /// Microseconds until a plan is to be made; `None` while there is nothing to plan.
    pub(crate) fn due(&self, now_us: i64) -> Option<i64> {
        (self.seen.is_some() && self.seen != self.made && self.asked.is_none())
            .then(|| (self.seen_us + SETTLED_US - now_us).max(0))
    }

    /// Takes note of what there is to plan.
    pub(crate) fn see(&mut self, basis: Basis, now_us: i64) {
        if self.seen.as_ref() != Some(&basis) {
            self.seen = Some(basis);
            self.seen_us = now_us;
        }
    }

    /// Takes note that a plan was asked for.
    pub(crate) fn ask(&mut self, basis: Basis, listeners: Listeners) {
        self.asked = Some(basis);
        self.listeners = listeners;
    }

    /// Takes a plan in, if it is the one that was asked for.
    pub(crate) fn take(&mut self, revision: u64, plan: Box<Plan>) {
        if let Some(asked) = self.asked.take_if(|asked| asked.0 == revision) {
            self.made = Some(asked);
            self.plan = Some(plan);
        }
    }
}
