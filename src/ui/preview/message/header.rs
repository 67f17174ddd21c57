//! The compact header above the views: who sent what to whom, when, and how much. The full list is in `envelope.rs`.

use super::findings::severity_mark;
use crate::look::{Role, Theme, time_of_day};
use crate::paint::{format, mixed_mark};
use crate::preview::text::{Piece, clipped, to_line, width};
use jiff::tz::TimeZone;
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{DecodedMessage, Envelope, Severity, Transport, parse_timestamp_us};
use ratatui::text::Line;

/// The header of a message as lines of at most `width` cells; empty fields are left out. `replies` is the number of
/// its replies.
pub fn header_lines(
    message: &DecodedMessage<'_>,
    stored: &StoredMessage,
    replies: u32,
    zone: &TimeZone,
    theme: &Theme,
    width: u16,
) -> Vec<Line<'static>> {
    let lines = header(message, stored, replies, zone, usize::from(width));
    lines.iter().map(|pieces| to_line(pieces, theme)).collect()
}

/// How far the sender's timestamp is from the arrival, in words; `None` without a readable timestamp.
pub fn clock_difference(timestamp: &str, arrived_us: i64) -> Option<String> {
    let sent_us = parse_timestamp_us(timestamp)?;
    let span = format::span(arrived_us.abs_diff(sent_us));
    Some(if sent_us <= arrived_us {
        format!("timestamp {span} earlier")
    } else {
        format!("timestamp {span} later")
    })
}

/// Three lines: what it is, who sent it to whom and when, and how much of what. What has no room stands in `envelope`.
fn header(
    message: &DecodedMessage<'_>,
    stored: &StoredMessage,
    replies: u32,
    zone: &TimeZone,
    width: usize,
) -> [Vec<Piece>; 3] {
    let time = vec![Piece::new(Role::Text, &time_of_day(stored.at_us, zone))];
    let (dialect, mut way, threads) = match &message.envelope {
        Some((dialect, envelope)) => {
            let difference = clock_difference(&envelope.timestamp, stored.at_us);
            let mut way = vec![sides(envelope), time];
            if !envelope.msg_purpose.is_empty() {
                way.push(vec![Piece::new(Role::Text, &envelope.msg_purpose)]);
            }
            way.extend(difference.map(|text| vec![Piece::new(Role::Dim, &text)]));
            (dialect.name(), way, threads(envelope, stored, replies))
        }
        None => ("not an envelope", vec![time], vec![]),
    };
    if message.envelope.is_none() {
        way.extend(stored.reply.as_deref().map(|reply| labelled("reply to ", reply)));
    }
    let mut much = counts(message, stored);
    much.extend(threads);
    [
        title(&stored.subject, dialect, width),
        as_many(&way, width),
        as_many(&much, width),
    ]
}

fn title(subject: &str, dialect: &str, width: usize) -> Vec<Piece> {
    let dialect = Piece::new(Role::Dim, dialect);
    let room = width.saturating_sub(dialect.text.width() + 2);
    let subject = Piece {
        role: Role::Strong,
        text: clipped(&format!("{}{subject}", mixed_mark(subject))).truncate_middle(if room < 8 {
            width
        } else {
            room
        }),
    };
    if room < 8 {
        return vec![subject];
    }
    let gap = width.saturating_sub(subject.text.width() + dialect.text.width());
    vec![subject, Piece::new(Role::Text, &" ".repeat(gap)), dialect]
}

/// Sender and receiver; without a receiver it is for everyone.
fn sides(envelope: &Envelope<'_>) -> Vec<Piece> {
    let sender = named(&envelope.sender_name, &envelope.sender_id, "unnamed");
    let receiver = named(&envelope.receiver_name, &envelope.receiver_id, "everyone");
    vec![
        Piece::new(Role::Text, &sender),
        Piece::new(Role::Dim, " → "),
        Piece::new(Role::Text, &receiver),
    ]
}

fn named(name: &str, id: &str, nobody: &str) -> String {
    match (name, id) {
        ("", "") => nobody.to_owned(),
        ("", id) => short(id),
        (name, _) => name.to_owned(),
    }
}

/// The fields that connect the message to others.
fn threads(envelope: &Envelope<'_>, stored: &StoredMessage, replies: u32) -> Vec<Vec<Piece>> {
    let reply_to = match &*envelope.reply_to {
        "" => stored.reply.as_deref().unwrap_or_default(),
        reply_to => reply_to,
    };
    let replies = match replies {
        0 => String::new(),
        some => format::counted(some, "reply"),
    };
    let fields = [
        ("", replies),
        ("corr ", short(&envelope.correlation_id)),
        ("answers ", short(&envelope.reply_to_msg_id)),
        ("reply to ", reply_to.to_owned()),
    ];
    let parts = fields.iter().filter(|(_, value)| !value.is_empty());
    parts.map(|(label, value)| labelled(label, value)).collect()
}

fn counts(message: &DecodedMessage<'_>, stored: &StoredMessage) -> Vec<Vec<Piece>> {
    let mut parts = Vec::new();
    let mut add = |role, text: &str| parts.push(vec![Piece::new(role, text)]);
    if let Some((_, envelope)) = &message.envelope {
        let payloads = &envelope.payloads;
        let links = payloads
            .iter()
            .filter(|payload| payload.transport == Transport::Link);
        add(Role::Text, &format::counted(payloads.len(), "payload"));
        if let links @ 1.. = links.count() {
            add(Role::Link, &format!("⇗ {}", format::counted(links, "link")));
        }
    }
    add(Role::Text, &format::size(message.raw.len()));
    for severity in [Severity::Error, Severity::Warning] {
        let findings = message.findings.iter();
        if let count @ 1.. = findings.filter(|finding| finding.severity() == severity).count() {
            let mark = severity_mark(severity);
            add(severity.into(), &format!("{mark}{}", format::count(count)));
        }
    }
    if !stored.headers.is_empty() {
        parts.push(vec![Piece::new(
            Role::Text,
            &format::counted(stored.headers.len(), "header"),
        )]);
    }
    parts
}

fn labelled(label: &str, value: &str) -> Vec<Piece> {
    vec![Piece::new(Role::Dim, label), Piece::new(Role::Text, value)]
}

/// The first eight characters of an id: enough to tell ids apart by eye.
fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

/// As many of these as one line has room for, with dots between them; the first is cut where even that has none.
fn as_many(parts: &[Vec<Piece>], cells: usize) -> Vec<Piece> {
    let Some((first, more)) = parts.split_first() else {
        return vec![];
    };
    let mut line = fitted(first, cells);
    for part in more {
        if width(&line) + 3 + width(part) <= cells {
            line.push(Piece::new(Role::Dim, " · "));
            line.extend_from_slice(part);
        }
    }
    line
}

fn fitted(part: &[Piece], cells: usize) -> Vec<Piece> {
    let mut room = cells;
    let cut = |Piece { role, text }: &Piece| {
        let (role, text) = (*role, text.truncate_middle(room));
        room = room.saturating_sub(text.width());
        Piece { role, text }
    };
    part.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{message, stored};

    fn text(message: &DecodedMessage<'_>, width: u16) -> Vec<String> {
        let lines = header_lines(message, &stored(), 2, &TimeZone::UTC, &Theme::plain(), width);
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn says_who_when_and_how_much() {
        assert_eq!(
            text(&message(), 44),
            [
                "/chat/room1                             v0.4",
                "web-ui → everyone · 12:01:02.118 · chat",
                "0 payloads · 1.23 kB · ✖1 · 1 header",
            ]
        );
    }

    #[test]
    fn a_plain_message_has_a_short_one() {
        let plain = DecodedMessage {
            envelope: None,
            findings: vec![],
            ..message()
        };
        let lines = text(&plain, 40);
        assert!(lines[0].ends_with("not an envelope"));
        assert_eq!(
            lines[1..],
            ["12:01:02.118 · reply to _INBOX.x", "1.23 kB · 1 header"]
        );
    }

    #[test]
    fn narrow_screens_get_fewer_facts_never_wider_lines() {
        for width in [0, 1, 7, 12, 20] {
            for line in header_lines(&message(), &stored(), 1, &TimeZone::UTC, &Theme::plain(), width) {
                assert!(line.width() <= usize::from(width).max(1), "{width}: {line}");
            }
        }
    }

    #[test]
    fn clock_differences_in_both_directions() {
        let at = stored().at_us;
        let said = |stamp: &str| clock_difference(stamp, at);
        assert_eq!(
            said("2026-01-31T12:01:03.118Z").as_deref(),
            Some("timestamp 1.00 s later")
        );
        assert_eq!(
            said("2026-01-31T12:00:02.118").as_deref(),
            Some("timestamp 1 min 0 s earlier")
        );
        assert_eq!(said("yesterday"), None);
    }
}
