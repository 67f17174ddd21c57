//! Row 48: out of order, duplicates, late replies, ids used again, ids missing. Whatever comes in whatever order,
//! nothing panics, order is that of arrival, and the books balance.

use crate::support::timeline_stand::{Talk, letter};
use natsbridge_engine::{ConversationState as State, ConversationView, Mark, Part};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Strategy;
use std::time::Duration;

#[derive(Debug, Clone)]
struct Message {
    subject: &'static str,
    reply: Option<&'static str>,
    text: String,
    pause_ms: i64,
}

/// A message of a few peers who have few ids between them.
fn message() -> impl Strategy<Value = Message> {
    let ids = || select(vec!["", "1", "2", "3", "4"]);
    let envelope = (
        ids(),
        ids(),
        ids(),
        select(vec!["", "/resp", "_INBOX.1"]),
        select(vec!["a", "b", ""]),
        select(vec!["chat", "NACK"]),
    );
    (
        envelope,
        select(vec!["/cmd", "/resp", "_INBOX.1", "_INBOX.2"]),
        select(vec![
            None,
            None,
            Some("_INBOX.1"),
            Some("_INBOX.2"),
            Some("$JS.ACK.1"),
        ]),
        prop::bool::weighted(0.2),
        select(vec![0_i64, 1, 40, 200]),
        select(vec!["x", "y"]),
    )
        .prop_map(
            |(
                (correlation, msg_id, answered, reply_to, sender, purpose),
                subject,
                reply,
                plain,
                pause_ms,
                text,
            )| Message {
                subject,
                reply,
                text: if plain {
                    text.into()
                } else {
                    letter(
                        &[
                            ("correlation_id", correlation),
                            ("msg_id", msg_id),
                            ("reply_to_msg_id", answered),
                            ("reply_to", reply_to),
                            ("sender_name", sender),
                            ("msg_purpose", purpose),
                        ],
                        text,
                    )
                },
                pause_ms,
            },
        )
}

fn check(view: &ConversationView) -> Result<(), TestCaseError> {
    let repeats = |marks: natsbridge_engine::Marks| marks.has(Mark::Duplicate) || marks.has(Mark::Copy);
    for pair in view.messages.windows(2) {
        prop_assert!(pair[0].seq < pair[1].seq && pair[0].at_us <= pair[1].at_us);
    }
    for (at, message) in view.messages.iter().enumerate() {
        prop_assert!(message.from < view.lanes.len() && message.to.is_none_or(|to| to < view.lanes.len()));
        if let Some(request) = message.answers {
            prop_assert!(request < at || message.marks.has(Mark::BeforeRequest), "{view:?}");
            if let Some(latency_us) = message.latency_us {
                let took = (message.at_us - view.messages[request].at_us).unsigned_abs();
                prop_assert_eq!(latency_us, took);
            }
        }
        if view.earlier == 0 {
            let answers = view
                .messages
                .iter()
                .filter(|other| other.answers == Some(at) && !repeats(other.marks));
            prop_assert_eq!(answers.count() as u32, message.replies, "{:?}", view);
        }
        let waits = message.part == Part::Request && message.replies == 0 && !repeats(message.marks);
        prop_assert!(!waits || view.state <= State::Open, "{view:?}");
        prop_assert!(!message.marks.has(Mark::Nack) || view.state <= State::Nack);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Row 48.
    #[test]
    fn ten_thousand_shuffles(
        messages in prop::collection::vec(message(), 1..12).prop_shuffle(),
        most in select(vec![3, 100]),
    ) {
        let mut talk = Talk::with(|limits| {
            limits.timeline_unanswered = Duration::from_millis(100);
            limits.timeline_kept = Duration::from_millis(600);
            limits.timeline_conversations = most;
            limits.timeline_singles = most;
            limits.timeline_messages = most;
            limits.store_segment = 1 << 14;
        });
        let mut began = std::collections::BTreeSet::new();
        for message in &messages {
            talk.wait(message.pause_ms).arrives(message.subject, message.reply, message.text.as_bytes());
            let seq = talk.store.range().end - 1;
            began.extend(talk.of(seq));
            let all = talk.all();
            for view in &all {
                check(view)?;
            }
            let counts = talk.store.timeline(|timeline| timeline.counts());
            prop_assert!(counts.conversations <= most && counts.singles <= most);
            prop_assert_eq!(counts.conversations + counts.singles, all.len());
            let told: u64 = all.iter().map(|view| view.messages.len() as u64 + view.earlier).sum();
            prop_assert_eq!(counts.messages, told);
            let gone = counts.expired + counts.evicted + counts.singles_gone;
            prop_assert_eq!(began.len() as u64, all.len() as u64 + gone);
        }
        // When everything has rested long enough, nothing is left but the counts.
        let now_us = talk.wait(601).now_us;
        let counts = talk.store.timeline(|timeline| {
            timeline.tell_time(now_us);
            timeline.counts()
        });
        prop_assert_eq!((counts.conversations, counts.singles, counts.messages, counts.bytes), (0, 0, 0, 0));
    }
}
