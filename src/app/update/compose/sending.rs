//! From the form to the session: send, cancel, disarm. Known errors are reported before anything is requested.

use super::form::show;
use super::payloads::remove;
use crate::model::{ChoiceKind, Composer, Effects, FormRow, Job, Overlay, State};
use crate::update::tape::is_only_a_tape;
use natsbridge_engine::{Command, OutboxCommand, SendId, SendJob, SendMode, SendProgress, SendStage};
use natsbridge_wire::Severity;

/// Sends the message as set; without a connection, asks whether it should wait for one.
pub(super) fn send_message(state: &mut State, effects: &mut Effects) {
    if is_only_a_tape(&state.connection, effects) {
        return;
    }
    if state.connection.server().is_some() {
        send_now(state, false, effects);
    } else {
        state.overlay.open = Overlay::Choices(ChoiceKind::Wait, 0);
    }
}

/// Asks the session to send, or reports what is known to be wrong.
pub(super) fn send_now(state: &mut State, queue: bool, effects: &mut Effects) {
    let composer = &mut state.compose;
    let times = match composer.ready() {
        Ok(times) => times,
        Err((spot, why)) => {
            let text = format!("Not sent: {}.", why.trim_end_matches('.'));
            effects.tell(Severity::Error, text);
            show(composer, spot);
            return;
        }
    };
    let id = SendId(composer.next_number());
    let most = state.limits.jobs_listed;
    started(composer, id, times.mode, times.count, state.now_us, most);
    let job = SendJob {
        id,
        composition: composer.message.clone(),
        mode: times.mode,
        count: times.count,
        every: times.every,
        queue,
    };
    effects.push(Command::Outbox(OutboxCommand::Send(Box::new(job))));
}

/// Cancels the latest send that is still in progress; `false` if there is none.
pub(crate) fn cancel_sending(composer: &Composer, effects: &mut Effects) -> bool {
    let Some(job) = composer.jobs.running().next() else {
        return false;
    };
    effects.push(Command::Outbox(OutboxCommand::Cancel(job.id)));
    true
}

/// Removes what the cursor is on: a payload, a responder, a send.
pub(super) fn remove_at_cursor(composer: &mut Composer, effects: &mut Effects) {
    match composer.cursor {
        FormRow::Responder(id) => effects.push(Command::Outbox(OutboxCommand::Disarm(id))),
        FormRow::Job(id) => match composer.jobs.get(id).map(Job::is_running) {
            Some(true) => effects.push(Command::Outbox(OutboxCommand::Cancel(id))),
            Some(false) => composer.jobs.forget(id),
            None => {}
        },
        FormRow::Field(_) | FormRow::More | FormRow::Payload(_) | FormRow::Add | FormRow::Send => {
            match remove(composer) {
                Some(name) => effects.note(format!("Removed {name}; press u to restore it.")),
                None => effects.note("Put the cursor on a payload first, then press x to remove it."),
            }
        }
    }
}

/// Updates the progress of a send; failures are reported wherever the user is.
pub(crate) fn job_reported(composer: &mut Composer, report: SendProgress, effects: &mut Effects) {
    if let SendStage::Failed(why) = &report.stage {
        effects.tell(Severity::Error, format!("Not sent: {why}"));
    }
    reported(composer, report);
}

/// Records a send that was requested.
fn started(composer: &mut Composer, id: SendId, mode: SendMode, of: u64, now_us: i64, most: usize) {
    let job = Job {
        id,
        subject: composer.message.subject.clone(),
        mode,
        of,
        since_us: now_us,
        report: None,
        revision: composer.revision,
    };
    composer.jobs.push(job, most);
}

/// Updates a send; once the message is out, it no longer counts as unsaved.
fn reported(composer: &mut Composer, report: SendProgress) {
    let out = !matches!(
        report.stage,
        SendStage::Queued { .. }
            | SendStage::Preparing
            | SendStage::Uploading { .. }
            | SendStage::Failed(_)
            | SendStage::Cancelled
    );
    if composer.jobs.report(report) == Some(composer.revision) && out {
        composer.keep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(id: u64, stage: SendStage) -> SendProgress {
        SendProgress {
            id: SendId(id),
            sent: 1,
            confirmed: 1,
            of: 1,
            answered: 0,
            unanswered: 0,
            replies: 0,
            msg_id: "m".into(),
            correlation_id: "c".into(),
            bytes: 400,
            moved: vec![],
            over: stage != SendStage::Preparing,
            stage,
        }
    }

    #[test]
    fn a_message_counts_as_kept_once_it_is_out_and_not_before() {
        let mut composer = Composer::default();
        composer.message.subject = "a".into();
        composer.changed();
        started(&mut composer, SendId(1), SendMode::Send, 1, 0, 10);
        reported(&mut composer, report(1, SendStage::Failed("no".into())));
        assert!(composer.is_edited());
        started(&mut composer, SendId(2), SendMode::Send, 1, 0, 10);
        composer.changed();
        reported(&mut composer, report(2, SendStage::Flushed));
        assert!(
            composer.is_edited(),
            "another message went out than stands here now"
        );
        started(&mut composer, SendId(3), SendMode::Send, 1, 0, 10);
        reported(&mut composer, report(3, SendStage::Flushed));
        assert!(!composer.is_edited());
    }

    #[test]
    fn a_sending_runs_until_it_is_told_that_it_is_over() {
        let mut composer = Composer::default();
        started(&mut composer, SendId(1), SendMode::Send, 1, 0, 10);
        let running = |composer: &Composer| composer.jobs.running().count();
        assert_eq!(running(&composer), 1);
        reported(&mut composer, report(1, SendStage::Preparing));
        assert_eq!(running(&composer), 1);
        reported(&mut composer, report(1, SendStage::Flushed));
        assert_eq!(running(&composer), 0);
        reported(&mut composer, report(7, SendStage::Flushed));
        assert_eq!(
            composer.jobs.iter().len(),
            1,
            "a sending of somebody else is none of ours"
        );
    }

    #[test]
    fn the_list_is_bounded_and_forgets_none_that_runs() {
        let mut composer = Composer::default();
        for id in 1..=5 {
            started(&mut composer, SendId(id), SendMode::Send, 1, 0, 2);
            if id > 1 {
                reported(&mut composer, report(id, SendStage::Flushed));
            }
        }
        let ids: Vec<u64> = composer.jobs.iter().map(|job| job.id.0).collect();
        assert_eq!(ids, [5, 1]);
    }
}
