//! From the form to the session: send, cancel, disarm. What is wrong is said before anything is asked of the session.

use crate::app::compose::{Composer, Job, Spot};
use crate::app::message::Effect;
use crate::app::state::State;
use crate::engine::{Command, JobId, JobReport, JobStage, SendJob};
use crate::wire::Severity;

impl State {
    /// Sends the message as its settings say.
    pub(super) fn send_message(&mut self, effects: &mut Vec<Effect>) {
        if let Err((spot, why)) = self.compose.ready() {
            self.tell(
                Severity::Error,
                format!("Not sent: {}.", why.trim_end_matches('.')),
            );
            self.compose.show(spot);
            return;
        }
        let times = match self.compose.settings.read() {
            Ok(times) => times,
            Err((field, why)) => {
                self.tell(Severity::Error, format!("Not sent: {why}."));
                self.compose.show(Spot::Field(field));
                return;
            }
        };
        let id = JobId(self.compose.next_number());
        let most = self.limits.jobs_listed;
        self.compose
            .started(id, times.mode, times.count, self.now_us, most);
        effects.push(Effect::Session(Command::Send(Box::new(SendJob {
            id,
            composition: self.compose.message.clone(),
            mode: times.mode,
            count: times.count,
            every: times.every,
        }))));
    }

    /// Cancels the sending that was asked for last and still runs; `false` if none does.
    pub(in crate::app) fn cancel_sending(&mut self, effects: &mut Vec<Effect>) -> bool {
        let id = self.compose.jobs.running().next().map(|job| job.id);
        effects.extend(id.map(|id| Effect::Session(Command::CancelSend(id))));
        id.is_some()
    }

    /// Takes away what the cursor is on: a payload, a responder, a sending.
    pub(super) fn remove_at_cursor(&mut self, effects: &mut Vec<Effect>) {
        match self.compose.cursor {
            Spot::Responder(id) => effects.push(Effect::Session(Command::Disarm(id))),
            Spot::Job(id) => match self.compose.jobs.get(id).map(Job::is_running) {
                Some(true) => effects.push(Effect::Session(Command::CancelSend(id))),
                Some(false) => self.compose.jobs.forget(id),
                None => {}
            },
            _ => match self.compose.remove() {
                Some(name) => {
                    let text = format!("Took {name} away; u puts it back.");
                    self.tell(Severity::Note, text);
                }
                None => self.tell(
                    Severity::Note,
                    "Put the cursor on a payload first; x takes it away.",
                ),
            },
        }
    }

    /// Takes in how far a sending got; what went wrong is told wherever the person is.
    pub(in crate::app) fn job_reported(&mut self, report: JobReport) {
        let failed = match &report.stage {
            JobStage::Failed(why) => Some(format!("Not sent: {why}")),
            _ => None,
        };
        self.compose.reported(report);
        if let Some(text) = failed {
            self.tell(Severity::Error, text);
        }
    }
}

impl Composer {
    /// Whether it can be sent as far as is known here; else where something is missing, and what.
    fn ready(&self) -> Result<(), (Spot, String)> {
        let worst = self.issues.iter().find(|issue| issue.severity == Severity::Error);
        if let Some(issue) = worst {
            return Err((Spot::of(&issue.place), issue.text.clone()));
        }
        if self.message.payloads.is_empty() {
            return Err((Spot::Add, "there is no payload yet; a adds one".into()));
        }
        Ok(())
    }

    /// Puts the cursor on a row, unfolded if need be.
    pub(super) fn show(&mut self, spot: Spot) {
        if !self.spots().contains(&spot) {
            self.unfolded = true;
        }
        self.cursor = spot;
    }
}
