//! Texts of strangers that would act on a terminal, the places of a message where they can stand, and a judge of what a
//! program writes.

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::ipc::writer::StreamWriter;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use vte::{Params, Parser, Perform};

/// Sixty texts that terminals take for commands.
pub const COMMANDS: [&str; 60] = [
    "\x1b[31m",
    "\x1b[2J",
    "\x1b[H",
    "\x1b[1;1H",
    "\x1b[5i",
    "\x1b[4i",
    "\x1b[6n",
    "\x1b[c",
    "\x1b[>c",
    "\x1b[0x",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[?1000h",
    "\x1b[?2004l",
    "\x1b[?25l",
    "\x1b[?5h",
    "\x1b[20h",
    "\x1b[8;1;1t",
    "\x1b[21t",
    "\x1b[3;9;9t",
    "\x1b[!p",
    "\x1b[999b",
    "\x1b[1;1r",
    "\x1b[99999999999999999999m",
    "\x1b[?2026h",
    "\x1b[=1u",
    "\x1b[>4;2m",
    "\x1b[201~",
    "\x1b[",
    "\x1b",
    "\x1bc",
    "\x1b#8",
    "\x1b7\x1b8",
    "\x1b(0",
    "\x1bD",
    "\x1bM",
    "\x1bZ",
    "\x1b>",
    "\x0e\x0f",
    "\x1b]0;owned\x07",
    "\x1b]2;owned\x1b\\",
    "\x1b]52;c;b3duZWQ=\x07",
    "\x1b]52;c;?\x07",
    "\x1b]8;;http://evil/\x1b\\x\x1b]8;;\x1b\\",
    "\x1b]4;1;#ff0000\x07",
    "\x1b]10;?\x07",
    "\x1b]50;owned\x07",
    "\x1b]777;notify;a;b\x07",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1b]9;owned\x07",
    "\x1bP+q544e\x1b\\",
    "\x1bP$qm\x1b\\",
    "\x1bPq#0;2;0;0;0~-\x1b\\",
    "\x1b_Ga=T,f=24;AAAA\x1b\\",
    "\x1b^private\x1b\\",
    "\x1bXstart\x1b\\",
    "\u{9b}31m\u{9d}0;x\u{9c}",
    "\u{90}q\u{9c}\u{9e}\u{9f}\u{98}",
    "\x07\x08\x7f\x0b\x0c",
    "\x05\x18\x1a\x01",
];

/// Forty characters that turn text around, hide it or join it.
pub const HIDDEN: [char; 40] = [
    '\u{61c}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202b}',
    '\u{202c}',
    '\u{202d}',
    '\u{202e}',
    '\u{2066}',
    '\u{2067}',
    '\u{2068}',
    '\u{2069}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{2060}',
    '\u{2061}',
    '\u{2062}',
    '\u{2063}',
    '\u{2064}',
    '\u{feff}',
    '\u{ad}',
    '\u{180e}',
    '\u{206a}',
    '\u{206b}',
    '\u{206c}',
    '\u{206d}',
    '\u{206e}',
    '\u{206f}',
    '\u{fff9}',
    '\u{fffa}',
    '\u{fffb}',
    '\u{600}',
    '\u{1d173}',
    '\u{3164}',
    '\u{2028}',
    '\u{2029}',
    '\u{e0001}',
    '\u{e0041}',
    '\u{e007f}',
];

/// Places where a stranger's text stands, each with the letter of its marks.
pub const PLACES: [(&str, char); 14] = [
    ("the subject", 'a'),
    ("the sender", 'b'),
    ("the first line", 'c'),
    ("a text that is no envelope", 'd'),
    ("a header", 'e'),
    ("the bytes as they came", 'd'),
    ("the name of a field", 'g'),
    ("the value of a field", 'h'),
    ("the key of a dictionary", 'i'),
    ("the value of a dictionary", 'j'),
    ("the cell of a table", 'k'),
    ("the id of a payload", 'l'),
    ("the name of a payload", 'm'),
    ("a finding", 'n'),
];

/// What stands before a text in a place, so that it is known again.
pub fn mark(text: usize, place: char) -> String {
    format!("Q{text:02}{place}")
}

/// Payloads that one message of names holds: so many that a large screen shows all of their fields.
pub const NAMED: usize = 30;

/// The bytes that publish messages with these texts in all places: one for each text, two of names, one of values, one of
/// fields, and last one that is no envelope.
pub fn messages(texts: &[String]) -> Vec<Vec<u8>> {
    let at = |number: usize, place: char| format!("{}{}", mark(number, place), texts[number]);
    let all = |place: char| (0..texts.len()).map(move |number| at(number, place));
    let mut messages: Vec<_> = (0..texts.len())
        .map(|number| {
            let text = payload("1", "message", "text", at(number, 'c').as_bytes());
            let body = envelope(json!({ "sender_name": at(number, 'b'), "payloads": [text] }));
            publish(&at(number, 'a'), &[], body.as_bytes())
        })
        .collect();
    let numbers: Vec<usize> = (0..texts.len()).collect();
    for some in numbers.chunks(NAMED) {
        // A kind that nobody knows is a finding, which quotes it.
        let named = some.iter().map(|number| {
            let kind = at(*number, 'n');
            payload(&at(*number, 'l'), &at(*number, 'm'), &kind, b"x")
        });
        let body = envelope(json!({ "sender_name": "names", "payloads": named.collect::<Value>() }));
        messages.push(publish("names", &[], body.as_bytes()));
    }
    let dictionary: Map<String, Value> = all('i').zip(all('j').map(Value::from)).collect();
    let cells: ArrayRef = Arc::new(StringArray::from_iter_values(all('k')));
    let rows = RecordBatch::try_from_iter([("cell", cells)]).unwrap();
    let mut table = StreamWriter::try_new(Vec::new(), &rows.schema()).unwrap();
    table.write(&rows).unwrap();
    let body = envelope(json!({ "sender_name": "values", "payloads": [
        payload("1", "dictionary", "dictionary", Value::from(dictionary).to_string().as_bytes()),
        payload("2", "table", "arrowtable", &table.into_inner().unwrap()),
    ] }));
    messages.push(publish("values", &[], body.as_bytes()));
    let mut fields = json!({ "sender_name": "fields", "payloads": [] });
    for (name, value) in all('g').zip(all('h')) {
        fields[name] = value.into();
    }
    messages.push(publish("fields", &[], envelope(fields).as_bytes()));
    let lines: Vec<String> = all('d').map(|text| on_one_line(&text)).collect();
    let headers: Vec<String> = all('e').map(|text| on_one_line(&text)).collect();
    messages.push(publish("plain", &headers, lines.join("\n").as_bytes()));
    messages
}

/// Without what would end a line or a subject.
fn on_one_line(text: &str) -> String {
    text.replace([' ', '\t', '\r', '\n', '\0', '\x0c'], "")
}

fn publish(subject: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let subject = on_one_line(subject);
    let lines = headers.iter().map(|value| format!("X-A: {value}\r\n"));
    let head = format!("NATS/1.0\r\n{}\r\n", lines.collect::<String>());
    let all = head.len() + body.len();
    let line = format!("HPUB {subject} {} {all}\r\n{head}", head.len());
    [line.as_bytes(), body, b"\r\n"].concat()
}

fn payload(id: &str, dataname: &str, kind: &str, bytes: &[u8]) -> Value {
    json!({"id": id, "dataname": dataname, "payload_type": kind, "transport": "direct", "encoding": "base64",
           "size": bytes.len(), "data": STANDARD.encode(bytes), "metadata": {}})
}

fn envelope(fields: Value) -> String {
    let mut envelope = json!({
        "correlation_id": "256e050c-c0ea-4f6f-b042-359317418527", "msg_id": "0d67f451-d4e0-4727-9b5b-5d6def3ff8c6",
        "timestamp": "2026-11-22T12:01:02.118Z", "send_to": "x", "msg_purpose": "chat", "sender_id": "s",
        "receiver_name": "", "receiver_id": "", "reply_to": "", "reply_to_msg_id": "",
        "broker_url": "nats://localhost:4222", "metadata": {},
    });
    if let (Value::Object(envelope), Value::Object(fields)) = (&mut envelope, fields) {
        envelope.extend(fields);
    }
    envelope.to_string()
}

/// Whether a character acts on what stands around it: none of these may be written, anywhere.
pub fn acts(c: char) -> bool {
    c.is_control() || HIDDEN.contains(&c) || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// Everything in these bytes that a program has no business to send to a terminal: all but styles, places, clearing, and the
/// modes that it sets itself.
pub fn judge(bytes: &[u8], modes: &[u16]) -> Vec<String> {
    let mut judge = Judge { modes, wrong: vec![] };
    Parser::new().advance(&mut judge, bytes);
    // Of these the parser does not tell.
    for begins in [b"\x1b_", b"\x1b^", b"\x1bX"] {
        if memchr::memmem::find(bytes, begins).is_some() {
            judge.wrong.push(format!("{begins:?}"));
        }
    }
    judge.wrong
}

struct Judge<'a> {
    modes: &'a [u16],
    wrong: Vec<String>,
}

impl Perform for Judge<'_> {
    fn print(&mut self, c: char) {
        // A joiner is part of an emoji, or it would have been spelt out.
        if acts(c) {
            self.wrong.push(format!("character {:04X}", u32::from(c)));
        }
    }

    fn execute(&mut self, byte: u8) {
        if !matches!(byte, b'\r' | b'\n') {
            self.wrong.push(format!("control {byte:02X}"));
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _ignored: bool, action: char) {
        let own = |mode: &[u16]| self.modes.contains(&mode[0]);
        let fine = match (intermediates, action) {
            ([], 'm' | 'H' | 'J' | 'K' | 'c') => true,
            (b"?", 'h' | 'l') => params.iter().all(own),
            _ => false,
        };
        if !fine {
            self.wrong
                .push(format!("CSI {intermediates:?} {params:?} {action}"));
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _bell: bool) {
        self.wrong.push(format!("OSC {params:?}"));
    }

    fn hook(&mut self, params: &Params, _intermediates: &[u8], _ignored: bool, action: char) {
        self.wrong.push(format!("DCS {params:?} {action}"));
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignored: bool, byte: u8) {
        // What ends a text that was cut short.
        if (intermediates, byte) != (&[], b'\\') {
            self.wrong.push(format!("ESC {intermediates:?} {byte:02X}"));
        }
    }
}
