//! From the form to the session: send, cancel, disarm. Known errors are reported before anything is requested.

use crate::model::{Action, ChoicesFor, Composer, Effect, Job, Overlay, SendTimes, Spot, State};
use natsbridge_engine::{Command, ConnectionState, JobId, JobReport, JobStage, SendJob};
use natsbridge_wire::Severity;

impl State {
    /// Sends the message as set; without a connection, asks whether it should wait for one.
    pub(super) fn send_message(&mut self, effects: &mut Vec<Effect>) {
        if self.refuses_on_tape(Action::SendMessage) {
            return;
        }
        if matches!(self.connection, ConnectionState::Connected { .. }) {
            self.send_now(false, effects);
        } else {
            self.overlay = Overlay::Choices(ChoicesFor::Wait, 0);
        }
    }

    /// Asks the session to send, or reports what is known to be wrong.
    pub(super) fn send_now(&mut self, queue: bool, effects: &mut Vec<Effect>) {
        let times = match self.compose.ready() {
            Ok(times) => times,
            Err((spot, why)) => {
                self.tell(
                    Severity::Error,
                    format!("Not sent: {}.", why.trim_end_matches('.')),
                );
                self.compose.show(spot);
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
            queue,
        }))));
    }

    /// Cancels the latest send that is still in progress; `false` if there is none.
    pub(crate) fn cancel_sending(&mut self, effects: &mut Vec<Effect>) -> bool {
        let id = self.compose.jobs.running().next().map(|job| job.id);
        effects.extend(id.map(|id| Effect::Session(Command::CancelSend(id))));
        id.is_some()
    }

    /// Removes what the cursor is on: a payload, a responder, a send.
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
                    let text = format!("Removed {name}; press u to restore it.");
                    self.tell(Severity::Note, text);
                }
                None => self.tell(
                    Severity::Note,
                    "Put the cursor on a payload first, then press x to remove it.",
                ),
            },
        }
    }

    /// Updates the progress of a send; failures are reported wherever the user is.
    pub(crate) fn job_reported(&mut self, report: JobReport) {
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
    /// How it is sent, if it can be; otherwise where something is missing, and what.
    fn ready(&self) -> Result<SendTimes, (Spot, String)> {
        let worst = self.issues.iter().find(|issue| issue.severity == Severity::Error);
        if let Some(issue) = worst {
            return Err((Spot::of(&issue.place), issue.text.clone()));
        }
        self.settings
            .read()
            .map_err(|(field, why)| (Spot::Field(field), why))
    }

    /// Moves the cursor to a row, unfolding it if need be.
    pub(super) fn show(&mut self, spot: Spot) {
        if !self.spots().contains(&spot) {
            self.unfolded = true;
        }
        self.cursor = spot;
    }
}
