//! The problems found: examines each message in order of arrival.

use super::problem_groups::{GroupBy, TroubleGroup, TroubleRow, rows};
use super::sequence::SeenMessages;
use crate::message::StoredMessage;
use natsbridge_wire::{Code, Dialect, Finding, Limits, circumstance_findings, decode_message};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

type Key = (Code, Arc<str>, Arc<str>, Option<Dialect>);

/// The findings in all received messages.
#[derive(Debug)]
pub struct Troubles {
    groups: HashMap<Key, TroubleGroup>,
    most: usize,
    /// Findings of groups that there was no room for.
    more: u64,
    seen: SeenMessages,
    /// Findings from the message sequence, by message number; the oldest are dropped.
    of_sequence: BTreeMap<u64, Vec<Finding>>,
    /// The number of the next message to be examined.
    pub(crate) next: u64,
    examined: u64,
    missed: u64,
}

impl Troubles {
    /// Nothing examined yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            groups: HashMap::new(),
            most: limits.troubles,
            more: 0,
            seen: SeenMessages::new(limits.checked_history),
            of_sequence: BTreeMap::new(),
            next: 1,
            examined: 0,
            missed: 0,
        }
    }

    /// Messages examined so far.
    pub fn examined(&self) -> u64 {
        self.examined
    }

    /// Messages that were evicted before they could be examined.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Findings that are not listed because there are too many groups.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// Every group of problems, the worst first, then the most frequent.
    pub fn all(&self) -> Vec<TroubleGroup> {
        let mut all: Vec<TroubleGroup> = self.groups.values().cloned().collect();
        all.sort_by(|a, b| {
            let order = |it: &TroubleGroup| (std::cmp::Reverse((it.code.severity(), it.count)), it.code);
            (order(a), &a.subject, &a.sender).cmp(&(order(b), &b.subject, &b.sender))
        });
        all
    }

    /// The same, put together.
    pub fn rows(&self, by: GroupBy) -> Vec<TroubleRow> {
        rows(self.groups.values(), by)
    }

    /// What only the messages before it tell of a message.
    pub fn of_sequence(&self, seq: u64) -> &[Finding] {
        self.of_sequence.get(&seq).map_or(&[], Vec::as_slice)
    }

    /// Records that messages before that number have been evicted.
    pub(crate) fn skip_to(&mut self, start: u64) {
        self.missed += start.saturating_sub(self.next);
        self.next = self.next.max(start);
    }

    /// Examines the next message; returns how many notes, warnings and errors were found.
    pub(crate) fn take(&mut self, stored: &StoredMessage, limits: &Limits) -> [u8; 3] {
        let message = decode_message(&stored.payload, &stored.subject, limits);
        let mut found = circumstance_findings(&message, &stored.circumstances());
        let of_sequence = self.seen.take(&message);
        let dialect = message.envelope.as_ref().map(|(dialect, _)| *dialect);
        let sender = message
            .envelope
            .as_ref()
            .map(|(_, envelope)| &*envelope.sender_name);
        let sender: Arc<str> = sender.unwrap_or_default().into();
        found.extend(message.findings);
        found.extend(of_sequence.iter().cloned());
        // A link that has not been fetched is not a problem.
        let mut counts = [0_u8; 3];
        for finding in found
            .into_iter()
            .filter(|finding| finding.code != Code::LinkNotFetched)
        {
            let count = &mut counts[finding.severity() as usize];
            *count = count.saturating_add(1);
            self.add(finding, stored, &sender, dialect);
        }
        if !of_sequence.is_empty() {
            self.of_sequence.insert(stored.seq, of_sequence);
            if self.of_sequence.len() > self.most {
                self.of_sequence.pop_first();
            }
        }
        self.examined += 1;
        self.next = stored.seq + 1;
        counts
    }

    fn add(&mut self, finding: Finding, stored: &StoredMessage, sender: &Arc<str>, dialect: Option<Dialect>) {
        let key = (finding.code, stored.subject.clone(), sender.clone(), dialect);
        let room = self.groups.len() < self.most;
        match self.groups.get_mut(&key) {
            Some(trouble) => {
                trouble.count += 1;
                trouble.last_us = stored.at_us;
                trouble.example = stored.seq;
                trouble.message = finding.message;
            }
            None if room => {
                let trouble = TroubleGroup {
                    code: finding.code,
                    subject: stored.subject.clone(),
                    sender: sender.clone(),
                    dialect,
                    count: 1,
                    first_us: stored.at_us,
                    last_us: stored.at_us,
                    example: stored.seq,
                    message: finding.message,
                };
                self.groups.insert(key, trouble);
            }
            None => self.more += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::Severity;

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

    fn book(limits: &Limits) -> Troubles {
        let mut book = Troubles::new(limits);
        for (seq, (subject, sender, data)) in (1..).zip([
            ("a", "ada", "SGVsbG8="),
            ("a", "ada", "SGVsbG8"),
            ("b", "ada", "SGVsbG8"),
            ("b", "bob", "SGV!bG8="),
            ("b", "ada", "SGVsbG8"),
        ]) {
            book.take(&stored(seq, subject, &envelope(sender, data)), limits);
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
        assert_eq!((book.examined(), book.missed(), book.more()), (5, 0, 0));
    }

    #[test]
    fn sorts_beyond_the_limit_are_counted_and_messages_let_go_too() {
        let limits = Limits {
            troubles: 1,
            ..Limits::default()
        };
        let mut book = book(&limits);
        assert_eq!((book.all().len(), book.more()), (1, 3));
        book.skip_to(10);
        assert_eq!(book.missed(), 4);
    }

    #[test]
    fn what_only_the_sequence_tells_is_kept_for_its_message() {
        let limits = Limits::default();
        let mut book = Troubles::new(&limits);
        let reply = |id: &str| {
            envelope("ada", "SGVsbG8=")
                .replace(r#""reply_to_msg_id":"""#, &format!(r#""reply_to_msg_id":"{id}""#))
        };
        book.take(&stored(1, "a", &envelope("ada", "SGVsbG8=")), &limits);
        book.take(
            &stored(2, "a", &reply("0d67f451-d4e0-4727-9b5b-5d6def3ff8c6")),
            &limits,
        );
        book.take(
            &stored(3, "a", &reply("256e050c-c0ea-4f6f-b042-000000000009")),
            &limits,
        );
        assert!(book.of_sequence(2).is_empty());
        assert_eq!(book.of_sequence(3)[0].code, Code::ReplyWithoutRequest);
    }
}
