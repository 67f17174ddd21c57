//! Starting and updating sends.

use super::composer::Composer;
use super::jobs::Job;
use natsbridge_engine::{JobId, JobReport, JobStage, SendMode};

impl Composer {
    /// Records a send that was requested.
    pub(crate) fn started(&mut self, id: JobId, mode: SendMode, of: u64, now_us: i64, most: usize) {
        let job = Job {
            id,
            subject: self.message.subject.clone(),
            mode,
            of,
            since_us: now_us,
            report: None,
            revision: self.revision,
        };
        self.jobs.push(job, most);
    }

    /// Updates a send; once the message is out, it no longer counts as unsaved.
    pub(crate) fn reported(&mut self, report: JobReport) {
        let Some(job) = self.jobs.0.iter_mut().find(|job| job.id == report.id) else {
            return;
        };
        let out = !matches!(
            report.stage,
            JobStage::Queued { .. }
                | JobStage::Preparing
                | JobStage::Uploading { .. }
                | JobStage::Failed(_)
                | JobStage::Cancelled
        );
        let same = job.revision == self.revision;
        job.report = Some(report);
        if out && same {
            self.keep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(id: u64, stage: JobStage) -> JobReport {
        JobReport {
            id: JobId(id),
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
            over: stage != JobStage::Preparing,
            stage,
        }
    }

    #[test]
    fn a_message_counts_as_kept_once_it_is_out_and_not_before() {
        let mut composer = Composer::default();
        composer.message.subject = "a".into();
        composer.changed();
        composer.started(JobId(1), SendMode::Send, 1, 0, 10);
        composer.reported(report(1, JobStage::Failed("no".into())));
        assert!(composer.is_edited());
        composer.started(JobId(2), SendMode::Send, 1, 0, 10);
        composer.changed();
        composer.reported(report(2, JobStage::Flushed));
        assert!(
            composer.is_edited(),
            "another message went out than stands here now"
        );
        composer.started(JobId(3), SendMode::Send, 1, 0, 10);
        composer.reported(report(3, JobStage::Flushed));
        assert!(!composer.is_edited());
    }

    #[test]
    fn a_sending_runs_until_it_is_told_that_it_is_over() {
        let mut composer = Composer::default();
        composer.started(JobId(1), SendMode::Send, 1, 0, 10);
        let running = |composer: &Composer| composer.jobs.running().count();
        assert_eq!(running(&composer), 1);
        composer.reported(report(1, JobStage::Preparing));
        assert_eq!(running(&composer), 1);
        composer.reported(report(1, JobStage::Flushed));
        assert_eq!(running(&composer), 0);
        composer.reported(report(7, JobStage::Flushed));
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
            composer.started(JobId(id), SendMode::Send, 1, 0, 2);
            if id > 1 {
                composer.reported(report(id, JobStage::Flushed));
            }
        }
        let ids: Vec<u64> = composer.jobs.iter().map(|job| job.id.0).collect();
        assert_eq!(ids, [5, 1]);
    }
}
