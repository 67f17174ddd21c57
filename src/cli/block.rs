//! A message as a readable block: a dim header line, then its payloads. All text passes through `SafeText`.

use natsbridge_engine::{StoredMessage, shown_link};
use natsbridge_ui::counted;
use natsbridge_wire::{
    Blob, Cell, DecodedMessage, DecodedPayload, MessageMetadata, PayloadState, SafeText, Severity, Table,
    Value,
};
use std::fmt::Write as _;

/// Bytes of a binary payload shown as hex; the rest is only counted.
const HEX_BYTES: u64 = 32;

/// What is said of a message besides its content; it is the one of that number.
pub fn metadata(seq: u64, message: &StoredMessage) -> MessageMetadata {
    MessageMetadata {
        seq,
        at: rfc3339(message.at_us),
        subject: message.subject.to_string(),
        reply: message.reply.clone(),
        headers: message.headers.clone(),
    }
}

/// A time as `listen --json` writes it, UTC with microseconds.
pub fn rfc3339(at_us: i64) -> String {
    jiff::Timestamp::from_microsecond(at_us)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        .to_string()
}

/// The block, lines ending in line breaks. Tables show at most `rows` rows.
pub fn block(facts: &MessageMetadata, message: &DecodedMessage, rows: usize, colour: bool) -> String {
    let mut block = Block {
        text: String::new(),
        colour,
    };
    block.header(facts, message);
    for payload in &message.payloads {
        block.payload(payload, rows);
    }
    for finding in &message.findings {
        let mut line = format!("{} {}", finding.severity().name(), finding.code.name());
        if !finding.path.is_empty() {
            // Writing into a String cannot fail.
            let _ = write!(line, " {}", finding.path);
        }
        let _ = write!(line, ": {}", finding.message);
        let style = match finding.severity() {
            Severity::Error => "31",
            Severity::Warning => "33",
            Severity::Note => "2",
        };
        block.styled(style, &format!("  {line}"));
    }
    block.text
}

struct Block {
    text: String,
    colour: bool,
}

impl Block {
    fn plain(&mut self, line: &str) {
        self.text
            .push_str(SafeText::new(&line.replace('\t', "    ")).as_str());
        self.text.push('\n');
    }

    fn styled(&mut self, style: &str, line: &str) {
        if self.colour {
            let safe = SafeText::new(line);
            // Writing into a String cannot fail.
            let _ = writeln!(self.text, "\u{1b}[{style}m{}\u{1b}[0m", safe.as_str());
        } else {
            self.plain(line);
        }
    }

    fn lines(&mut self, text: &str) {
        for line in text.lines() {
            self.plain(&format!("  {line}"));
        }
    }

    fn header(&mut self, facts: &MessageMetadata, message: &DecodedMessage) {
        let mut line = format!("#{}  {}  {}", facts.seq, facts.at, facts.subject);
        if let Some((dialect, envelope)) = &message.envelope {
            let _ = write!(line, "  {}", envelope.msg_purpose);
            if !envelope.sender_name.is_empty() {
                let _ = write!(line, "  from {}", envelope.sender_name);
            }
            let _ = write!(line, "  {}", dialect.name());
        }
        let _ = write!(line, "  {}", counted(message.raw.len(), "byte"));
        if let Some(reply) = &facts.reply {
            let _ = write!(line, "  reply {reply}");
        }
        self.styled("2", &line);
        for (name, values) in &facts.headers {
            for value in values {
                self.styled("2", &format!("  {name}: {value}"));
            }
        }
    }

    fn payload(&mut self, payload: &DecodedPayload, rows: usize) {
        let name = if payload.dataname.is_empty() {
            ""
        } else {
            &format!("{} ", payload.dataname)
        };
        let head = format!("  {name}({}, {})", payload.kind.name(), facts_of(payload));
        self.styled("1", &head);
        match (&payload.state, &payload.value) {
            (PayloadState::Decoded, Value::Text(text)) => self.lines(text),
            (PayloadState::Decoded, Value::Json(json)) => {
                self.lines(&serde_json::to_string_pretty(json.as_ref()).unwrap_or_default());
            }
            (PayloadState::Decoded, Value::Table(table)) => self.table(table, rows),
            (PayloadState::Decoded, Value::Binary) => self.hex(&payload.body),
            (PayloadState::Decoded, Value::Image(_) | Value::Audio(_) | Value::Video(_)) => {}
            (PayloadState::NotFetched, _) => {
                self.lines(&shown_link(payload.url.as_deref().unwrap_or_default()));
            }
            (PayloadState::Failed | PayloadState::TooLarge, _) => {
                self.styled(
                    "31",
                    &format!("  {}", payload.error.as_deref().unwrap_or(payload.state.name())),
                );
            }
        }
    }

    fn table(&mut self, table: &Table, rows: usize) {
        let shown = table.num_rows().min(rows);
        let columns = table.columns();
        let mut grid = vec![
            columns
                .iter()
                .map(|column| SafeText::new(&column.name))
                .collect::<Vec<_>>(),
        ];
        grid.extend((0..shown).map(|row| {
            (0..columns.len())
                .map(|column| match table.cell(row, column) {
                    Cell::Null => SafeText::new("null"),
                    Cell::Text(text) => SafeText::new(&text),
                })
                .collect()
        }));
        let widths: Vec<usize> = (0..columns.len())
            .map(|column| grid.iter().map(|row| row[column].width()).max().unwrap_or(0))
            .collect();
        for row in grid {
            let mut line = String::from(" ");
            for ((cell, width), column) in row.iter().zip(&widths).zip(columns) {
                let pad = " ".repeat(width - cell.width());
                let (before, after) = if column.numeric {
                    (pad.as_str(), "")
                } else {
                    ("", pad.as_str())
                };
                let _ = write!(line, " {before}{}{after} ", cell.as_str());
            }
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
        if shown < table.num_rows() {
            let more = table.num_rows() - shown;
            self.styled(
                "2",
                &format!(
                    "  … {} more (--rows {} shows all)",
                    counted(more, "row"),
                    table.num_rows()
                ),
            );
        }
    }

    fn hex(&mut self, body: &Blob) {
        let mut line = String::new();
        for byte in body.slice(0..HEX_BYTES).unwrap_or_default() {
            let _ = write!(line, "{byte:02x} ");
        }
        if body.len() > HEX_BYTES {
            let _ = write!(
                line,
                "… {} more bytes (--save DIR saves them)",
                body.len() - HEX_BYTES
            );
        }
        self.lines(line.trim_end());
    }
}

fn facts_of(payload: &DecodedPayload) -> String {
    let bytes = counted(payload.body.len() as usize, "byte");
    match &payload.value {
        Value::Table(table) => format!(
            "{} × {}, {bytes}",
            counted(table.num_rows(), "row"),
            counted(table.columns().len(), "column")
        ),
        Value::Image(image) => match image.width.zip(image.height) {
            Some((width, height)) => format!("{} {width} × {height}, {bytes}", image.format),
            None => format!("{}, {bytes}", image.format),
        },
        Value::Audio(audio) => format!("{}{}, {bytes}", audio.format, seconds(audio.duration_s)),
        Value::Video(video) => format!("{}{}, {bytes}", video.format, seconds(video.duration_s)),
        Value::Text(_) | Value::Json(_) => bytes,
        Value::Binary if payload.url.is_some() => "link, not fetched".into(),
        Value::Binary => format!("{}, {bytes}", payload.media_type),
    }
}

fn seconds(duration: Option<f64>) -> String {
    duration
        .map(|duration| format!(" {duration:.1} s"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use natsbridge_wire::{Code, Finding, Kind};

    fn message(value: Value) -> DecodedMessage {
        DecodedMessage {
            raw: Bytes::from_static(b"hello"),
            envelope: None,
            payloads: vec![DecodedPayload {
                dataname: "greeting".into(),
                kind: Kind::Text,
                state: PayloadState::Decoded,
                value,
                body: "hello".into(),
                url: None,
                media_type: "text/plain".into(),
                error: None,
            }],
            findings: vec![Finding::new(Code::SizeMismatch, "payloads[0].size", "9 is not 5")],
        }
    }

    fn facts() -> MessageMetadata {
        MessageMetadata {
            seq: 3,
            at: "2026-11-22T10:00:00.123456Z".into(),
            subject: "/chat/room1".into(),
            reply: Some("_INBOX.x".into()),
            headers: vec![("K".into(), vec!["v".into()])],
        }
    }

    #[test]
    fn a_block_reads_from_header_to_findings() {
        let text = block(&facts(), &message(Value::Text("hello\nworld".into())), 10, false);
        assert_eq!(
            text,
            "#3  2026-11-22T10:00:00.123456Z  /chat/room1  5 bytes  reply _INBOX.x\n  K: v\n\
             \x20 greeting (text, 5 bytes)\n  hello\n  world\n\
             \x20 warning size-mismatch payloads[0].size: 9 is not 5\n"
        );
    }

    #[test]
    fn arrival_is_utc_with_microseconds() {
        assert_eq!(rfc3339(1_763_805_600_123_456), "2025-11-22T10:00:00.123456Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn styles_only_where_welcome() {
        let message = message(Value::Text("x".into()));
        assert!(!block(&facts(), &message, 10, false).contains('\u{1b}'));
        assert!(block(&facts(), &message, 10, true).contains("\u{1b}[2m#3"));
    }
}
