//! What would be lost by leaving the message, and what may take its place.

use super::composer::Composer;
use crate::app::figures::counted;
use crate::engine::Composition;
use std::path::PathBuf;

/// What takes the place of the message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Another message.
    Message(Box<Composition>),
    /// A draft.
    Draft(PathBuf),
}

impl Composer {
    /// What of it would be lost if the workbench ended now, a few words each.
    pub(crate) fn losses(&self) -> Vec<String> {
        let mut losses = Vec::new();
        if self.is_edited() && !self.is_blank() {
            losses.push("a message that is neither sent nor saved".to_owned());
        }
        match self.jobs.running().count() {
            0 => {}
            running => losses.push(counted(running, "sending") + " under way"),
        }
        match self.responders.len() {
            0 => {}
            armed => losses.push(counted(armed, "armed responder")),
        }
        losses
    }
}

/// What follows once the draft is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    Stay,
    /// The workbench ends.
    Quit,
    /// Another message takes its place.
    Next(Next),
}
