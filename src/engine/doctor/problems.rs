//! The problems found in all received messages, put together from their examinations.

use super::examination::Examination;
use super::problem_groups::{GroupBy, ProblemEntry, ProblemGroup, rows};
use crate::message::{Codes, StoredMessage};
use natsbridge_wire::{Code, Dialect, Finding, Limits};
use std::collections::HashMap;
use std::sync::Arc;

type Key = (Code, Arc<str>, Arc<str>, Option<Dialect>);

/// The findings in all received messages.
#[derive(Debug)]
pub struct Problems {
    /// Messages examined so far.
    pub examined: u64,
    /// Messages that were evicted before they could be examined.
    pub missed: u64,
    /// Findings that are not listed because there are too many groups.
    pub more: u64,
    groups: HashMap<Key, ProblemEntry>,
    most: usize,
}

impl Problems {
    /// Nothing examined yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            examined: 0,
            missed: 0,
            more: 0,
            groups: HashMap::new(),
            most: limits.problems,
        }
    }

    /// Every group of problems, the worst first, then the most frequent.
    pub fn all(&self) -> Vec<ProblemEntry> {
        let mut all: Vec<ProblemEntry> = self.groups.values().cloned().collect();
        all.sort_by(|a, b| {
            let order = |it: &ProblemEntry| (std::cmp::Reverse((it.severity, it.count)), it.code);
            (order(a), &a.subject, &a.sender).cmp(&(order(b), &b.subject, &b.sender))
        });
        all
    }

    /// The same, put together.
    pub fn rows(&self, by: GroupBy) -> Vec<ProblemGroup> {
        rows(self.groups.values(), by)
    }

    /// Adds what was found in a message, in any order of arrival; of one that was examined `before` only what more was
    /// found, such as in the content of a link that has been fetched since.
    pub(crate) fn take(&mut self, stored: &StoredMessage, examination: &Examination, before: Option<Codes>) {
        self.examined += u64::from(before.is_none());
        let before = before.unwrap_or_default();
        let envelope = examination.decoded.envelope.as_ref();
        let dialect = envelope.map(|(dialect, _)| *dialect);
        let sender = envelope.map(|(_, envelope)| &*envelope.sender_name);
        let sender: Arc<str> = sender.unwrap_or_default().into();
        for finding in examination.findings() {
            if !before.contains(finding.code) {
                self.add(finding, stored, &sender, dialect);
            }
        }
    }

    fn add(
        &mut self,
        finding: &Finding,
        stored: &StoredMessage,
        sender: &Arc<str>,
        dialect: Option<Dialect>,
    ) {
        let key = (finding.code, stored.subject.clone(), sender.clone(), dialect);
        let room = self.groups.len() < self.most;
        match self.groups.get_mut(&key) {
            Some(problem) => {
                problem.count += 1;
                problem.severity = problem.severity.max(finding.severity());
                problem.first_us = problem.first_us.min(stored.at_us);
                problem.last_us = problem.last_us.max(stored.at_us);
                if problem.example <= stored.seq {
                    problem.example = stored.seq;
                    problem.message.clone_from(&finding.message);
                }
            }
            None if room => {
                let problem = ProblemEntry {
                    code: finding.code,
                    severity: finding.severity(),
                    subject: stored.subject.clone(),
                    sender: sender.clone(),
                    dialect,
                    count: 1,
                    first_us: stored.at_us,
                    last_us: stored.at_us,
                    example: stored.seq,
                    message: finding.message.clone(),
                };
                self.groups.insert(key, problem);
            }
            None => self.more += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::examination::examine_received;
    use crate::doctor::sequence::Sequence;
    use natsbridge_wire::{Depth, Severity};

    fn stored(seq: u64, subject: &str, payload: &str) -> StoredMessage {
        StoredMessage {
            seq,
            at_us: seq as i64 * 1_000_000,
            subject: subject.into(),
            reply: None,
            headers: vec![],
            payload: payload.as_bytes().to_vec().into(),
        }
    }

    fn envelope(sender: &str, data: &str) -> String {
        format!(
            r#"{{"correlation_id":"256e050c-c0ea-4f6f-b042-359317418527","msg_id":"0d67f451-d4e0-4727-9b5b-5d6def3ff8c6","timestamp":"","send_to":"","msg_purpose":"chat","sender_name":"{sender}","sender_id":"","receiver_name":"","receiver_id":"","reply_to":"","reply_to_msg_id":"","broker_url":"","metadata":{{}},"payloads":[{{"id":"9f5d77a1-5512-491b-935b-220e610531ce","dataname":"m","payload_type":"text","transport":"direct","encoding":"base64","size":5,"data":"{data}","metadata":{{}}}}]}}"#
        )
    }

    fn take(book: &mut Problems, stored: &StoredMessage, limits: &Limits) {
        let examination = examine_received(stored, Sequence::default(), None, Depth::Whole, limits);
        book.take(stored, &examination, None);
    }

    fn book(limits: &Limits) -> Problems {
        let mut book = Problems::new(limits);
        for (seq, (subject, sender, data)) in (1..).zip([
            ("a", "ada", "SGVsbG8="),
            ("a", "ada", "SGVsbG8"),
            ("b", "ada", "SGVsbG8"),
            ("b", "bob", "SGV!bG8="),
            ("b", "ada", "SGVsbG8"),
        ]) {
            take(&mut book, &stored(seq, subject, &envelope(sender, data)), limits);
        }
        book
    }

    #[test]
    fn findings_are_counted_by_code_sender_and_subject_the_worst_first() {
        let book = book(&Limits::DEFAULT);
        let told = |by| -> Vec<(String, Severity, u64, u64)> {
            let rows = book.rows(by).into_iter();
            rows.map(|row| (row.label, row.severity, row.count, row.example))
                .collect()
        };
        assert_eq!(
            told(GroupBy::Code),
            [
                ("bad-base64".into(), Severity::Error, 1, 4),
                ("base64-unpadded".into(), Severity::Warning, 3, 5)
            ]
        );
        assert_eq!(
            told(GroupBy::Sender),
            [
                ("bob".into(), Severity::Error, 1, 4),
                ("ada".into(), Severity::Warning, 3, 5)
            ]
        );
        assert_eq!(
            told(GroupBy::Subject),
            [
                ("b".into(), Severity::Error, 3, 4),
                ("a".into(), Severity::Warning, 1, 2)
            ]
        );
        assert_eq!(told(GroupBy::Dialect), [("v0.5".into(), Severity::Error, 4, 4)]);
        let row = &book.rows(GroupBy::Code)[1];
        assert_eq!((row.first_us, row.last_us), (2_000_000, 5_000_000));
        assert_eq!((row.senders.len(), row.subjects.len()), (1, 2));
        assert_eq!((book.examined, book.missed, book.more), (5, 0, 0));
    }

    #[test]
    fn sorts_beyond_the_limit_are_counted() {
        let limits = Limits {
            problems: 1,
            ..Limits::default()
        };
        let book = book(&limits);
        assert_eq!((book.all().len(), book.more), (1, 3));
    }

    #[test]
    fn the_order_of_examination_makes_no_difference() {
        let limits = Limits::DEFAULT;
        let mut book = Problems::new(&limits);
        for seq in [3, 1, 2] {
            let bad = ["SGV!bG8=", "S!VsbG8=", "SG!sbG8="][seq as usize - 1];
            take(&mut book, &stored(seq, "a", &envelope("ada", bad)), &limits);
        }
        let row = &book.rows(GroupBy::Code)[0];
        assert_eq!((row.first_us, row.last_us), (1_000_000, 3_000_000));
        assert_eq!((row.example, row.count), (3, 3));
        assert!(row.message.contains("from character 2 on"), "{}", row.message);
    }

    #[test]
    fn what_is_found_later_is_added_and_nothing_twice() {
        let limits = Limits::DEFAULT;
        let mut book = Problems::new(&limits);
        let stored = stored(1, "a", &envelope("ada", "SGVsbG8"));
        let examination = examine_received(&stored, Sequence::default(), None, Depth::Whole, &limits);
        book.take(&stored, &examination, None);
        let later = Sequence {
            reply_without_request: true,
            ..Sequence::default()
        };
        let more = examine_received(&stored, later, None, Depth::Whole, &limits);
        book.take(&stored, &more, Some(examination.found.codes));
        let told = book.all().into_iter().map(|group| (group.code, group.count));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [(Code::Base64Unpadded, 1), (Code::ReplyWithoutRequest, 1)]
        );
        assert_eq!(book.examined, 1);
    }
}
