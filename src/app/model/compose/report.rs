//! The progress of a send, in words that claim no more than is known.

use super::jobs::Job;
use crate::model::figures::{count, counted, size, span};
use natsbridge_engine::{RequestOutcome, SendMode, SendStage};
use natsbridge_wire::Severity;

/// The status of a send: its severity (`None` while it is in progress or fine), and the words.
pub fn stage_text(job: &Job) -> (Option<Severity>, String) {
    let Some(report) = &job.report else {
        return (None, "requested".into());
    };
    let waiting = matches!(job.mode, SendMode::Request(_));
    let (severity, text) = match &report.stage {
        SendStage::Queued { depth: 1 } => (None, "waiting for a connection".to_owned()),
        SendStage::Queued { depth } => {
            let before = counted(*depth as u64 - 1, "other");
            (None, format!("waiting for a connection, behind {before}"))
        }
        SendStage::Preparing => (None, "preparing".to_owned()),
        SendStage::Uploading { done, total } => (None, uploading(*done, *total)),
        SendStage::Written => (None, "written, not confirmed yet".into()),
        SendStage::Flushed if waiting => (None, "flushed, waiting for replies".into()),
        SendStage::Flushed => (None, "flushed to the broker".into()),
        SendStage::Acknowledged(by) => {
            let twice = if by.duplicate { ", a duplicate" } else { "" };
            (
                None,
                format!("acknowledged by {} #{}{twice}", by.stream, count(by.sequence)),
            )
        }
        SendStage::Answered { replies, first_us } => {
            let replies = *replies as u64;
            let which = if replies == 1 { "" } else { ", the first" };
            (
                None,
                format!("{}{which} in {}", counted(replies, "reply"), span(*first_us)),
            )
        }
        SendStage::Unanswered(outcome) => (Some(Severity::Warning), outcome_text(*outcome).to_owned()),
        SendStage::Failed(why) => (Some(Severity::Error), why.clone()),
        SendStage::Cancelled => (Some(Severity::Note), "cancelled".into()),
    };
    let text = if report.moved.is_empty() {
        text
    } else {
        format!("{text} · {} moved to a link to fit", report.moved.join(", "))
    };
    if report.of <= 1 {
        return (severity, text);
    }
    let (sent, of) = (count(report.sent), count(report.of));
    let so_far = if waiting {
        format!(
            "{sent} of {of} requests sent, {} answered, {} unanswered",
            count(report.answered),
            count(report.unanswered)
        )
    } else {
        format!("{sent} of {of} written, {} confirmed", count(report.confirmed))
    };
    // Between two messages of a series there is nothing to report.
    if report.sent > 0 && report.stage == SendStage::Preparing {
        return (severity, so_far);
    }
    (severity, format!("{so_far} · {text}"))
}

/// Everything known about a send, one line each; the status comes first and is never truncated.
pub fn job_lines(job: &Job) -> String {
    let mut lines = vec![
        stage_text(job).1,
        String::new(),
        format!("to       {}", job.subject),
    ];
    if let Some(report) = job.report.as_ref().filter(|report| !report.msg_id.is_empty()) {
        lines.push(format!("message  {}", report.msg_id));
        lines.push(format!("in       {}", report.correlation_id));
        lines.push(format!("size     {}", size(report.bytes)));
    }
    lines.push(String::new());
    lines.push(if job.is_running() {
        "Press x on its row to cancel it.".into()
    } else {
        "Press x on its row to remove it.".into()
    });
    lines.join("\n")
}

/// The outcome of a request without all its replies.
fn outcome_text(outcome: RequestOutcome) -> &'static str {
    match outcome {
        RequestOutcome::Replied => "answered",
        RequestOutcome::Failed => "the answer says that it failed: select it in Messages",
        RequestOutcome::NoResponders => "no responders: nobody listens on this subject",
        RequestOutcome::TimedOut => "no reply in time",
        RequestOutcome::Cancelled => "cancelled before a reply came",
        RequestOutcome::ConnectionLost => "connection lost: a reply may have been lost with it",
    }
}

fn uploading(done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) if total > 0 => format!(
            "uploading {} % of {}",
            u128::from(done) * 100 / u128::from(total),
            size(total)
        ),
        _ => format!("uploading, {} there", size(done)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::{PublishAck, RequestOptions, SendId, SendProgress};
    use std::time::Duration;

    fn told(mode: SendMode, of: u64, stage: SendStage) -> String {
        let report = SendProgress {
            id: SendId(1),
            sent: 1,
            confirmed: 1,
            of,
            answered: 0,
            unanswered: 0,
            replies: 0,
            msg_id: String::new(),
            correlation_id: String::new(),
            bytes: 1,
            moved: vec![],
            stage,
            over: false,
        };
        let job = Job {
            id: SendId(1),
            subject: String::new(),
            mode,
            of,
            since_us: 0,
            report: Some(report),
            revision: 0,
        };
        stage_text(&job).1
    }

    #[test]
    fn nothing_claims_more_than_is_known() {
        let request = SendMode::Request(RequestOptions {
            timeout: Duration::from_secs(1),
            replies: 1,
        });
        let acknowledged = PublishAck {
            stream: "S".into(),
            sequence: 7,
            duplicate: false,
        };
        for (mode, of, stage, expected) in [
            (
                SendMode::Send,
                1,
                SendStage::Written,
                "written, not confirmed yet",
            ),
            (
                SendMode::Send,
                9,
                SendStage::Flushed,
                "1 of 9 written, 1 confirmed · flushed to the broker",
            ),
            (
                SendMode::Send,
                9,
                SendStage::Preparing,
                "1 of 9 written, 1 confirmed",
            ),
            (request, 1, SendStage::Flushed, "flushed, waiting for replies"),
            (
                SendMode::Send,
                1,
                SendStage::Acknowledged(acknowledged),
                "acknowledged by S #7",
            ),
            (
                request,
                1,
                SendStage::Answered {
                    replies: 1,
                    first_us: 12_300,
                },
                "1 reply in 12.3 ms",
            ),
            (
                SendMode::Send,
                1,
                SendStage::Uploading {
                    done: 40,
                    total: Some(100),
                },
                "uploading 40 % of 100 B",
            ),
            (
                SendMode::Send,
                1,
                SendStage::Failed("Not connected.".into()),
                "Not connected.",
            ),
        ] {
            assert_eq!(told(mode, of, stage), expected);
        }
    }
}
