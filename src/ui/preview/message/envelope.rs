//! All metadata of a message, field by field: from NATS, the envelope, and the payload entries.

use super::header::clock_difference;
use crate::look::{Role, date_time};
use crate::paint::format;
use crate::preview::text::{Block, BlockView, Piece};
use jiff::tz::TimeZone;
use natsbridge_app::{EnvelopeField, envelope_fields, payload_fields};
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{DecodedMessage, Envelope, EnvelopePayload, SafeText};

/// Cells of the column of field names.
const NAMES: usize = 18;

/// A view with one block per field. Credentials in addresses are hidden; Raw shows the bytes as they came.
pub fn envelope_view(message: &DecodedMessage<'_>, stored: &StoredMessage, zone: &TimeZone) -> BlockView {
    let mut blocks = vec![heading("NATS", "")];
    blocks.extend(nats_fields(message, stored, zone));
    if let Some((dialect, envelope)) = &message.envelope {
        blocks.push(heading("Envelope", dialect.name()));
        blocks.extend(envelope_blocks(envelope, stored.at_us));
        for (number, payload) in envelope.payloads.iter().enumerate().take(message.payloads.len()) {
            blocks.push(heading(&format!("payloads[{number}]"), &payload.dataname));
            blocks.extend(payload_blocks(payload));
        }
        let hidden = envelope.payloads.len().saturating_sub(message.payloads.len());
        if hidden > 0 {
            let more = format!("{} more, see Raw", format::counted(hidden, "payload"));
            blocks.push(heading(&more, ""));
        }
    }
    BlockView::new("field", blocks)
}

fn nats_fields(message: &DecodedMessage<'_>, stored: &StoredMessage, zone: &TimeZone) -> Vec<Block> {
    let mut fields = vec![
        field("subject", &stored.subject),
        field("reply", stored.reply.as_deref().unwrap_or_default()),
        field("arrived", &date_time(stored.at_us, zone)),
        field("number", &format::count(stored.seq)),
        field("size", &exact_size(message.raw.len() as u64)),
    ];
    for (name, values) in &stored.headers {
        fields.extend(values.iter().map(|value| field(name, value)));
    }
    fields
}

fn envelope_blocks(envelope: &Envelope<'_>, arrived_us: i64) -> Vec<Block> {
    let difference = clock_difference(&envelope.timestamp, arrived_us);
    let told = |(name, value): &EnvelopeField<'_>| match &difference {
        Some(difference) if name == "timestamp" => field(name, &format!("{value}  ({difference})")),
        _ => field(name, value),
    };
    envelope_fields(envelope).iter().map(told).collect()
}

fn payload_blocks(payload: &EnvelopePayload<'_>) -> Vec<Block> {
    let told = |(name, value): &EnvelopeField<'_>| match payload.size {
        Some(bytes) if name == "size" => field(name, &exact_size(bytes)),
        _ => field(name, value),
    };
    payload_fields(payload).iter().map(told).collect()
}

fn exact_size(bytes: u64) -> String {
    match bytes {
        0..1000 => format::size(bytes),
        _ => format!("{}  ({} bytes)", format::size(bytes), format::count(bytes)),
    }
}

fn heading(title: &str, about: &str) -> Block {
    let pieces = vec![
        Piece::new(Role::Heading, title),
        Piece::new(Role::Dim, if about.is_empty() { "" } else { "  " }),
        Piece::new(Role::Dim, about),
    ];
    Block::line(2, pieces, title)
}

fn field(name: &str, value: &str) -> Block {
    let label = SafeText::new(name);
    let gap = NAMES.saturating_sub(label.width() + 2).max(1);
    let value_piece = match value {
        "" => Piece::new(Role::Dim, "–"),
        value => Piece::new(Role::Text, value),
    };
    let pieces = vec![
        Piece::new(Role::Text, "  "),
        Piece::new(Role::Dim, label.as_str()),
        Piece::new(Role::Dim, &" ".repeat(gap)),
        value_piece,
    ];
    Block::line(NAMES, pieces, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::contract::{Motion, Preview, Searched};
    use crate::preview::sample::drawn;
    use crate::preview::sample::{message, stored};

    #[test]
    fn every_field_stands_there_and_secrets_do_not() {
        let mut view = envelope_view(&message(), &stored(), &TimeZone::UTC);
        let screen = drawn(&mut view, 80, 40);
        for line in [
            "   subject         /chat/room1",
            "   arrived         2026-01-31 12:01:02.118+00:00",
            "   size            1.23 kB  (1,234 bytes)",
            "   Trace           a",
            "   Trace           b",
            " Envelope  v0.4",
            "   correlation_id  7f3a91c2-0000-4000-8000-000000000000",
            "   send_to         –",
            "   broker_url      nats://•••@host:4222",
            "   metadata        {}",
            "   colour          \"red\"",
        ] {
            assert!(
                screen.iter().any(|row| row == line),
                "{line:?} is missing in {screen:#?}"
            );
        }
        assert!(!screen.concat().contains("secret"));
    }

    #[test]
    fn search_and_copy_work_on_fields_at_any_size() {
        let mut view = envelope_view(&message(), &stored(), &TimeZone::UTC);
        assert_eq!(view.search("correlation"), Searched::All(1));
        assert_eq!(
            view.copy().as_deref(),
            Some("7f3a91c2-0000-4000-8000-000000000000")
        );
        for (width, height) in [(0, 0), (1, 1), (10, 3)] {
            drawn(&mut view, width, height);
        }
        assert!(view.act(Motion::Top));
    }
}
