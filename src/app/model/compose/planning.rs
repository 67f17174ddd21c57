//! The plan of what would be sent, and the revision it was made for.

use super::listeners::Listeners;
use super::news::Way;
use natsbridge_engine::Plan;

/// Microseconds without a change before a plan is made.
const SETTLED_US: i64 = 120_000;

/// What a plan was made from: the revision, and how the message will be sent.
pub type PlanKey = (u64, Way);

/// What is known about what would be sent.
#[derive(Debug, Clone, Default)]
pub struct Planning {
    /// The latest plan, possibly of an earlier revision.
    pub plan: Option<Box<Plan>>,
    /// Who is known to receive it.
    pub listeners: Listeners,
    seen: Option<PlanKey>,
    seen_us: i64,
    asked: Option<PlanKey>,
    made: Option<PlanKey>,
}

impl Planning {
    /// Whether the plan shown is for the current revision.
    pub fn is_current(&self) -> bool {
        self.made.is_some() && self.made == self.seen
    }

    /// Microseconds until a plan is to be made; `None` while there is nothing to plan.
    pub(crate) fn due(&self, now_us: i64) -> Option<i64> {
        (self.seen.is_some() && self.seen != self.made && self.asked.is_none())
            .then(|| (self.seen_us + SETTLED_US - now_us).max(0))
    }

    /// Records what there is to plan.
    pub(crate) fn see(&mut self, basis: PlanKey, now_us: i64) {
        if self.seen.as_ref() != Some(&basis) {
            self.seen = Some(basis);
            self.seen_us = now_us;
        }
    }

    /// Records that a plan was requested.
    pub(crate) fn ask(&mut self, basis: PlanKey, listeners: Listeners) {
        self.asked = Some(basis);
        self.listeners = listeners;
    }

    /// Accepts a plan, if it is the one that was requested.
    pub(crate) fn take(&mut self, revision: u64, plan: Box<Plan>) {
        if let Some(asked) = self.asked.take_if(|asked| asked.0 == revision) {
            self.made = Some(asked);
            self.plan = Some(plan);
        }
    }
}
