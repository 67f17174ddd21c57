//! Row 49: clock skew. Order is that of arrival by our clock; the sender's stamp and its difference are kept as they are.

use crate::support::timeline_stand::{START_US, Talk};
use natsbridge_engine::{ConversationState, Stamp};

/// Row 49.
#[test]
fn stamps_are_told_and_order_nothing() {
    let hour = 3_600_000_000;
    let day = 24 * hour;
    let stamps = [
        ("2026-11-22T13:01:02.118Z", Some(hour)),
        ("2026-11-22T11:01:02.118Z", Some(-hour)),
        ("2027-11-22T12:01:02.118Z", Some(365 * day)),
        ("2025-11-22T12:01:02.118Z", Some(-365 * day)),
        ("2026-11-22T12:01:02.118", Some(0)),
        ("2026-11-22T14:01:02.118+02:00", Some(0)),
        ("0000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00", None),
        ("9999-12-30T00:00:00Z", None),
        ("-009999-03-02T00:00:00Z", None),
    ];
    let bad = [
        "yesterday",
        "2026-13-45T99:99:99Z",
        "99999999999999999999",
        "\u{202e}0",
        "Z",
        "2026-11-22T12:01:02.118+99:00",
    ];
    let mut talk = Talk::new();
    talk.asks("c", "q");
    for (at, stamp) in stamps
        .iter()
        .map(|(stamp, _)| *stamp)
        .chain(bad)
        .chain([""])
        .enumerate()
    {
        let id = format!("a{at}");
        let fields = [
            ("msg_id", id.as_str()),
            ("sender_name", "py-7"),
            ("timestamp", stamp),
        ];
        talk.says("/chat", &fields);
    }
    let last = talk.wait(10).answers("c", "last", "q");
    let view = talk.view(last);
    let seqs: Vec<u64> = view.messages.iter().map(|message| message.seq).collect();
    assert!(seqs.is_sorted() && seqs.len() == stamps.len() + bad.len() + 3);
    // By our clock the answer took ten milliseconds, whatever anybody stamped.
    assert_eq!(
        (view.state, view.first_us, view.latency_us),
        (ConversationState::Answered, START_US, Some(10_000))
    );
    for ((stamp, delta), message) in stamps.iter().zip(&view.messages[1..]) {
        assert!(
            matches!(message.stamp, Stamp::At(_)),
            "{stamp}: {:?}",
            message.stamp
        );
        if let Some(delta) = delta {
            assert_eq!(message.stamp.delta_us(message.at_us), Some(*delta), "{stamp}");
        }
    }
    for (stamp, message) in bad.iter().zip(&view.messages[1 + stamps.len()..]) {
        assert_eq!(message.stamp, Stamp::Unreadable, "{stamp}");
    }
    assert_eq!(view.messages[1 + stamps.len() + bad.len()].stamp, Stamp::None);
}
