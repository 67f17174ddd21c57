//! What would be lost if the message being written were abandoned.

use super::composer::Composer;
use crate::model::figures::counted;

impl Composer {
    /// Whether the message holds something that is neither saved nor sent.
    pub fn would_be_lost(&self) -> bool {
        self.is_edited() && !self.is_blank()
    }

    /// What would be lost if the workbench quit now, a few words each.
    pub(crate) fn losses(&self) -> Vec<String> {
        let mut losses = Vec::new();
        if self.would_be_lost() {
            losses.push("an unsent, unsaved message".to_owned());
        }
        match self.jobs.running().count() {
            0 => {}
            running => losses.push(counted(running, "send") + " in progress"),
        }
        match self.responders.len() {
            0 => {}
            armed => losses.push(counted(armed, "armed responder")),
        }
        losses
    }
}
