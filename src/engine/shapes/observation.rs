//! What one message looks like: its payloads and their fields in the order of the message, each with type and value in few
//! bytes. Bounded, whatever the message holds. What is made of it is decided elsewhere.

use super::node::{Looks, Range, SHORT, Text};
use natsbridge_wire::{
    Cell, Column, DecodedMessage, DecodedPayload, JsonKind, JsonNode, JsonText, JsonWalk, PayloadState,
    Table, Value,
};
use std::collections::HashMap;

/// Fields of a message that are looked at.
const FIELDS: usize = 8192;
/// Levels of a value that are looked at.
const DEPTH: usize = 32;
/// Elements of an array that are looked at.
const ELEMENTS: usize = 32;
/// Bytes of a name; a longer one is told by [`ANY`].
const NAME: usize = 256;
/// Rows and columns of a table whose values are looked at.
const ROWS: usize = 8;
const COLUMNS: usize = 64;
/// Rows of a table whose values are looked at at all: those of larger ones are on disk.
const TABLE: usize = 100_000;

/// The name of what has too many names.
pub(super) const ANY: &str = "*";
/// The name of the elements of an array.
pub(super) const ELEMENT: &str = "[]";

/// A part of the observation's text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

/// A field as it stands in the observation.
#[derive(Debug, Clone)]
struct Entry {
    depth: u16,
    key: Span,
    type_name: Name,
    nullable: bool,
    /// Whether it can have children.
    opens: bool,
    /// Whether the order of its children counts.
    ordered: bool,
    range: Option<Range>,
    /// Its texts, among all.
    texts: (u32, u32),
    /// Size and whether it is a link, for a payload.
    travel: Option<(u64, bool)>,
}

#[derive(Debug, Clone, Copy)]
enum Name {
    Known(&'static str),
    Own(Span),
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'o> {
    /// Levels below the message; a payload is at 0.
    pub depth: usize,
    pub key: &'o str,
    pub type_name: &'o str,
    pub nullable: bool,
    pub opens: bool,
    pub ordered: bool,
    pub range: Option<Range>,
    pub travel: Option<(u64, bool)>,
    observation: &'o Observation,
    texts: (u32, u32),
}

/// What one message looks like.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    text: String,
    entries: Vec<Entry>,
    texts: Vec<(Span, bool, Looks)>,
    /// Whether it is an envelope.
    pub is_envelope: bool,
    /// Whether there was more than is looked at.
    pub cut: bool,
}

impl<'o> Item<'o> {
    /// Its texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = Text<'o>> + use<'o> {
        let observation = self.observation;
        let texts = observation.texts[self.texts.0 as usize..self.texts.1 as usize].iter();
        texts.map(|(span, whole, looks)| Text {
            start: observation.slice(*span),
            whole: *whole,
            looks: *looks,
        })
    }
}

impl Observation {
    /// What this message looks like.
    pub fn of(message: &DecodedMessage<'_>) -> Self {
        let mut observation = Self {
            is_envelope: message.envelope.is_some(),
            ..Self::default()
        };
        let mut names: HashMap<&str, usize> = HashMap::new();
        for payload in &message.payloads {
            let times = names.entry(&payload.dataname).or_default();
            *times += 1;
            observation.payload(payload, *times);
        }
        observation
    }

    /// Its fields, each before what it holds.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'_>> {
        self.entries.iter().map(|entry| Item {
            depth: usize::from(entry.depth),
            key: self.slice(entry.key),
            type_name: match entry.type_name {
                Name::Known(name) => name,
                Name::Own(span) => self.slice(span),
            },
            nullable: entry.nullable,
            opens: entry.opens,
            ordered: entry.ordered,
            range: entry.range,
            travel: entry.travel,
            observation: self,
            texts: entry.texts,
        })
    }

    /// Which payload it is that has this name.
    pub(super) fn payload_index(&self, key: &str) -> Option<usize> {
        self.items()
            .filter(|item| item.depth == 0)
            .position(|item| item.key == key)
    }

    fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    fn span(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            end: self.text.len() as u32,
        }
    }

    fn key(&mut self, key: &str) -> Span {
        if key.len() > NAME {
            self.cut = true;
            return self.span(ANY);
        }
        self.span(key)
    }

    /// Adds a field and gives its place; `None` if there are too many.
    fn push(&mut self, depth: usize, key: Span, type_name: Name) -> Option<usize> {
        if self.entries.len() >= FIELDS {
            self.cut = true;
            return None;
        }
        self.entries.push(Entry {
            depth: depth as u16,
            key,
            type_name,
            nullable: false,
            opens: false,
            ordered: false,
            range: None,
            texts: (self.texts.len() as u32, self.texts.len() as u32),
            travel: None,
        });
        Some(self.entries.len() - 1)
    }

    fn payload(&mut self, payload: &DecodedPayload<'_>, times: usize) {
        let key = match times {
            1 => self.key(&payload.dataname),
            times => self.key(&format!("{}#{times}", payload.dataname)),
        };
        let Some(at) = self.push(0, key, Name::Known(payload.kind.name())) else {
            return;
        };
        if self.is_envelope {
            self.entries[at].travel = Some((payload.body.len(), payload.url.is_some()));
        }
        if payload.state != PayloadState::Decoded {
            return;
        }
        self.entries[at].opens = true;
        match &payload.value {
            Value::Text(text) => self.text_of(at, text),
            Value::Json(json) => self.json(at, json),
            Value::Table(table) => self.table(at, table),
            Value::Image(image) => {
                self.fact("format", image.format);
                self.number("width", image.width.map(f64::from));
                self.number("height", image.height.map(f64::from));
            }
            Value::Audio(audio) => {
                self.fact("format", audio.format);
                self.number("sample_rate", audio.sample_rate_hz.map(f64::from));
                self.number("channels", audio.channels.map(f64::from));
            }
            Value::Video(video) => {
                self.fact("format", video.format);
                self.number("width", video.width.map(f64::from));
                self.number("height", video.height.map(f64::from));
            }
            Value::Binary => {}
        }
    }

    fn fact(&mut self, name: &str, text: &str) {
        let key = self.span(name);
        if let Some(at) = self.push(1, key, Name::Known("string")) {
            self.text_of(at, text);
        }
    }

    fn number(&mut self, name: &str, number: Option<f64>) {
        let Some(number) = number else {
            return;
        };
        let key = self.span(name);
        if let Some(at) = self.push(1, key, Name::Known("integer")) {
            self.entries[at].range = Some(Range::of(number));
        }
    }

    fn text_of(&mut self, at: usize, text: &str) {
        let mut end = SHORT.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let span = self.span(&text[..end]);
        self.texts.push((span, end == text.len(), looks(text)));
        self.entries[at].texts.1 = self.texts.len() as u32;
    }

    fn json(&mut self, root: usize, json: &JsonText) {
        let mut walk = JsonWalk::new(json.root());
        while let Some(step) = walk.next() {
            let node = step.value;
            if step.depth == 0 {
                self.scalar(root, node);
                continue;
            }
            if step.key.is_none() && step.index >= ELEMENTS {
                self.cut = true;
                walk.pass();
                continue;
            }
            let key = match step.key {
                None => self.span(ELEMENT),
                Some(key) => {
                    let name = key.text().unwrap_or_default();
                    self.key(&name)
                }
            };
            let Some(at) = self.push(step.depth, key, Name::Known(type_of(node))) else {
                return;
            };
            let holds = matches!(node.kind(), JsonKind::Object | JsonKind::Array);
            if holds && step.depth >= DEPTH {
                self.cut = true;
                walk.pass();
            } else {
                self.entries[at].opens = holds;
                self.scalar(at, node);
            }
        }
    }

    /// The value of what holds nothing.
    fn scalar(&mut self, at: usize, node: JsonNode<'_>) {
        match node.kind() {
            JsonKind::Number => self.entries[at].range = node.double().map(Range::of),
            JsonKind::Text => {
                let text = node.text().unwrap_or_default();
                self.text_of(at, &text);
            }
            JsonKind::Null | JsonKind::Bool | JsonKind::Array | JsonKind::Object => {}
        }
    }

    fn table(&mut self, at: usize, table: &Table) {
        self.entries[at].ordered = true;
        let columns = table.columns();
        let mut names: HashMap<&str, usize> = HashMap::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let times = names.entry(&column.name).or_default();
            *times += 1;
            let key = match *times {
                1 => self.key(&column.name),
                times => self.key(&format!("{}#{times}", column.name)),
            };
            let name = self.span(&column.type_name);
            let Some(at) = self.push(1, key, Name::Own(name)) else {
                return;
            };
            self.entries[at].nullable = column.nullable;
            if index < COLUMNS && table.num_rows() <= TABLE {
                self.cells(at, table, index, column);
            }
        }
    }

    /// Some values of a column.
    fn cells(&mut self, at: usize, table: &Table, index: usize, column: &Column) {
        let rows = table.num_rows();
        let step = rows.div_ceil(ROWS).max(1);
        let is_text = matches!(
            &*column.type_name,
            "utf8" | "large_utf8" | "utf8_view" | "dict<utf8>" | "symbol" | "dict<symbol>"
        );
        if !is_text && !column.numeric {
            return;
        }
        for row in (0..rows).step_by(step) {
            let Cell::Text(text) = table.cell(row, index) else {
                continue;
            };
            if is_text {
                self.text_of(at, &text);
            } else if let Ok(number) = text.parse::<f64>()
                && number.is_finite()
            {
                let range = Range::of(number);
                let known = &mut self.entries[at].range;
                *known = Some(known.map_or(range, |known| known.with(range)));
            }
        }
    }
}

/// The type of a JSON value, by the name that JSON Schema has for it.
fn type_of(node: JsonNode<'_>) -> &'static str {
    match node.kind() {
        JsonKind::Null => "null",
        JsonKind::Bool => "boolean",
        JsonKind::Text => "string",
        JsonKind::Array => "array",
        JsonKind::Object => "object",
        JsonKind::Number => {
            let number = node.number().unwrap_or_default();
            let whole = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            if whole { "integer" } else { "number" }
        }
    }
}

/// What a text looks like.
fn looks(text: &str) -> Looks {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'{' | b'[') => Looks::Json,
        Some(b'0'..=b'9' | b'-' | b'.') if bytes.len() <= SHORT => {
            if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[0].is_ascii_digit() {
                Looks::Time
            } else if text.parse::<f64>().is_ok() {
                Looks::Number
            } else {
                Looks::Plain
            }
        }
        _ => Looks::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::{Limits, decode_message};

    fn observed(text: &str) -> Vec<String> {
        let raw = bytes::Bytes::copy_from_slice(text.as_bytes());
        let message = decode_message(&raw, "a", &Limits::DEFAULT);
        let observation = Observation::of(&message);
        let items = observation.items().map(|item| {
            let texts: Vec<&str> = item.texts().map(|text| text.start).collect();
            format!(
                "{} {} {} {}",
                item.depth,
                item.key,
                item.type_name,
                texts.join(",")
            )
        });
        items.map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn plain_json_is_seen_field_by_field() {
        assert_eq!(
            observed(r#"{"a": 1, "b": [1.5, {"c": "x"}], "d": null}"#),
            [
                "0  dictionary",
                "1 a integer",
                "1 b array",
                "2 [] number",
                "2 [] object",
                "3 c string x",
                "1 d null",
            ]
        );
    }

    #[test]
    fn long_names_deep_values_and_long_arrays_are_bounded() {
        let long = format!("{{\"{}\": 1}}", "k".repeat(64 << 10));
        assert_eq!(observed(&long), ["0  dictionary", "1 * integer"]);
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(observed(&deep).len(), DEPTH + 1);
        let wide = format!("[{}]", vec!["1"; 5000].join(","));
        assert_eq!(observed(&wide).len(), ELEMENTS + 1);
    }
}
