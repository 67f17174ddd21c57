//! A message as a readable block: a dim header line, then its payloads. All text passes through `SafeText`.

use natsbridge_engine::shown_link;
use natsbridge_ui::counted;
use natsbridge_wire::{
    Blob, Cell, DecodedMessage, DecodedPayload, DeliveryInfo, JsonText, PayloadState, PrintLimits, SafeText,
    Severity, Table, Value, not_printed, rfc3339,
};
use std::fmt::{self, Write as _};

/// Bytes of a binary payload shown as hex; the rest is only counted.
const HEX_BYTES: u64 = 32;

/// Bytes that a cell takes beside its text.
const CELL: usize = 24;

/// What stands before the running number of a message.
pub(super) fn block_head(colour: bool) -> &'static str {
    if colour { "\u{1b}[2m#" } else { "#" }
}

/// The rest of the block, lines ending in line breaks, and whether there was room for all payloads.
pub(super) fn block_tail(
    came: &DeliveryInfo<'_>,
    message: &DecodedMessage<'_>,
    print: PrintLimits,
    colour: bool,
) -> (String, bool) {
    let mut block = Block {
        text: String::new(),
        colour,
        print,
        needs: 0,
        whole: true,
    };
    block.header(came, message);
    for payload in &message.payloads {
        block.payload(payload);
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
    (block.text, block.whole)
}

struct Block {
    text: String,
    colour: bool,
    print: PrintLimits,
    /// Bytes that the block would have with all of the payload, once that is too much.
    needs: usize,
    whole: bool,
}

impl Block {
    fn plain(&mut self, line: &str) {
        self.text
            .push_str(SafeText::new(&line.replace('\t', "    ")).as_str());
        self.text.push('\n');
    }

    /// Whether there is room for that many bytes more.
    fn has_room(&mut self, bytes: usize) -> bool {
        let needs = self.text.len().saturating_add(bytes);
        if needs > self.print.bytes {
            self.needs = needs;
        }
        self.needs == 0
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
        if !self.has_room(text.len()) {
            return;
        }
        for line in text.lines() {
            self.plain(&format!("  {line}"));
            if !self.has_room(0) {
                return;
            }
        }
    }

    fn json(&mut self, json: &JsonText) {
        // Indented, it may be many times as large.
        let mut indented = Bounded {
            text: String::new(),
            most: self.print.bytes.saturating_sub(self.text.len()),
        };
        if write!(indented, "{json:#}").is_ok() {
            self.lines(&indented.text);
        } else {
            self.has_room(indented.most + 1);
        }
    }

    /// The first line behind the number, which is styled already.
    fn header(&mut self, came: &DeliveryInfo<'_>, message: &DecodedMessage<'_>) {
        let mut line = format!("  {}  {}", rfc3339(came.at_us.unwrap_or_default()), came.subject);
        if let Some((dialect, envelope)) = &message.envelope {
            let _ = write!(line, "  {}", envelope.msg_purpose);
            if !envelope.sender_name.is_empty() {
                let _ = write!(line, "  from {}", envelope.sender_name);
            }
            let _ = write!(line, "  {}", dialect.name());
        }
        let _ = write!(line, "  {}", counted(message.raw.len(), "byte"));
        if let Some(reply) = came.reply {
            let _ = write!(line, "  reply {reply}");
        }
        self.text
            .push_str(SafeText::new(&line.replace('\t', "    ")).as_str());
        self.text.push_str(if self.colour { "\u{1b}[0m\n" } else { "\n" });
        for (name, values) in came.headers {
            for value in values {
                self.styled("2", &format!("  {name}: {value}"));
            }
        }
    }

    /// A payload, or that there is no room for its text.
    fn payload(&mut self, payload: &DecodedPayload<'_>) {
        self.payload_head(payload);
        let start = self.text.len();
        self.payload_value(payload);
        let needs = std::mem::take(&mut self.needs);
        if needs > 0 {
            self.whole = false;
            self.text.truncate(start);
            let why = not_printed("Its text", needs - start, self.print.bytes);
            self.styled("31", &format!("  {why}"));
        }
    }

    fn payload_head(&mut self, payload: &DecodedPayload<'_>) {
        let name = if payload.dataname.is_empty() {
            ""
        } else {
            &format!("{} ", payload.dataname)
        };
        let head = format!("  {name}({}, {})", payload.kind.name(), facts_of(payload));
        self.styled("1", &head);
    }

    fn payload_value(&mut self, payload: &DecodedPayload<'_>) {
        match (&payload.state, &payload.value) {
            (PayloadState::Decoded, Value::Text(text)) => self.lines(text),
            (PayloadState::Decoded, Value::Json(json)) => self.json(json),
            (PayloadState::Decoded, Value::Table(table)) => self.table(table),
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

    fn table(&mut self, table: &Table) {
        let shown = table.num_rows().min(self.print.rows);
        let columns = table.columns();
        let mut grid = vec![
            columns
                .iter()
                .map(|column| SafeText::new(&column.name))
                .collect::<Vec<_>>(),
        ];
        let mut bytes = 0;
        for row in 0..shown {
            let cell = |column| match table.cell(row, column) {
                Cell::Null => SafeText::new("null"),
                Cell::Text(text) => SafeText::new(&text),
            };
            let cells: Vec<SafeText> = (0..columns.len()).map(cell).collect();
            bytes += cells.iter().map(|cell| cell.as_str().len() + CELL).sum::<usize>();
            if !self.has_room(bytes) {
                return;
            }
            grid.push(cells);
        }
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
            if !self.has_room(0) {
                return;
            }
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

/// Text that ends where it is too large.
struct Bounded {
    text: String,
    most: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.text.len() + text.len() > self.most {
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

fn facts_of(payload: &DecodedPayload<'_>) -> String {
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
    duration.map_or(" of unknown length".to_owned(), |duration| {
        format!(" {duration:.1} s")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use natsbridge_wire::{Code, Finding, Kind};

    const PRINT: PrintLimits = PrintLimits {
        rows: 10,
        bytes: 4096,
    };

    fn message(value: Value) -> DecodedMessage<'static> {
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
                media_type: "text/plain",
                error: None,
            }],
            findings: vec![Finding::new(Code::SizeMismatch, "payloads[0].size", "9 is not 5")],
        }
    }

    fn text(message: &DecodedMessage<'_>, colour: bool) -> String {
        let headers = [("K".to_owned(), vec!["v".to_owned()])];
        let came = DeliveryInfo {
            subject: "/chat/room1",
            reply: Some("_INBOX.x"),
            at_us: Some(1_763_805_600_123_456),
            headers: &headers,
        };
        format!(
            "{}3{}",
            block_head(colour),
            block_tail(&came, message, PRINT, colour).0
        )
    }

    #[test]
    fn a_block_reads_from_header_to_findings() {
        assert_eq!(
            text(&message(Value::Text("hello\nworld".into())), false),
            "#3  2025-11-22T10:00:00.123456Z  /chat/room1  5 bytes  reply _INBOX.x\n  K: v\n\
             \x20 greeting (text, 5 bytes)\n  hello\n  world\n\
             \x20 warning size-mismatch payloads[0].size: 9 is not 5\n"
        );
    }

    #[test]
    fn what_is_too_large_is_said_in_its_place() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let values = [
            Value::Text("x".repeat(5000).into()),
            Value::Text("\u{202e}".repeat(900).into()),
            Value::Json(deep.parse().unwrap()),
        ];
        for value in values {
            let mut message = message(value);
            message.payloads.push(message.payloads[0].clone());
            message.payloads[1].value = Value::Text("short".into());
            let (text, whole) = block_tail(&DeliveryInfo::default(), &message, PRINT, false);
            assert!(!whole && text.len() < 1000, "{text}");
            assert!(text.contains("and 4.10 kB are printed of a message"), "{text}");
            assert!(text.contains("  short\n"), "{text}");
        }
    }

    #[test]
    fn styles_only_where_welcome() {
        let message = message(Value::Text("x".into()));
        assert!(!text(&message, false).contains('\u{1b}'));
        let styled = text(&message, true);
        assert!(styled.starts_with("\u{1b}[2m#3  2025"), "{styled}");
        assert!(styled.contains("_INBOX.x\u{1b}[0m\n"), "{styled}");
    }
}
