//! The digest: a single borrowed pass over a message that skips `data`, for the list, the filter and the timeline.

use super::message::{json_start, looks_meant};
use super::payload::{URL_HEAD, looks_like_url};
use crate::bounds::Limits;
use crate::dialects::{Dialect, DialectDetector, Field, KeySighting, PayloadField};
use crate::json::{Cursor, Fault, Item, Shape, unescape};
use crate::kinds::Kind;
use std::borrow::Cow;
use std::ops::Range;

/// A small set of kinds that remembers which occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KindSet(pub u8);

impl KindSet {
    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }
    /// Whether the kind is in.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// What the list needs of a message, borrowed from its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digest<'a> {
    /// `None`: no envelope.
    pub dialect: Option<Dialect>,
    /// Sender's name.
    pub sender: Cow<'a, str>,
    /// Purpose.
    pub purpose: Cow<'a, str>,
    /// Correlation id.
    pub correlation_id: Cow<'a, str>,
    /// Message id.
    pub msg_id: Cow<'a, str>,
    /// Id of the message it answers.
    pub reply_to_msg_id: Cow<'a, str>,
    /// Subject that answers are wanted on.
    pub reply_to: Cow<'a, str>,
    /// Receiver's name.
    pub receiver: Cow<'a, str>,
    /// The sender's timestamp, as written.
    pub timestamp: Cow<'a, str>,
    /// The byte range of the payloads; empty if unknown.
    pub payloads_at: Range<usize>,
    /// Kinds of its payloads.
    pub kinds: KindSet,
    /// Number of payloads.
    pub payloads: u16,
    /// How many of them are links.
    pub links: u16,
    /// Sum of the declared sizes.
    pub declared_bytes: u64,
    /// Whether it looks like an envelope and cannot be read as one.
    pub broken: bool,
}

impl Digest<'_> {
    /// The same, no longer bound to its bytes.
    pub fn into_owned(self) -> Digest<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Digest {
            dialect: self.dialect,
            sender: own(self.sender),
            purpose: own(self.purpose),
            correlation_id: own(self.correlation_id),
            msg_id: own(self.msg_id),
            reply_to_msg_id: own(self.reply_to_msg_id),
            reply_to: own(self.reply_to),
            receiver: own(self.receiver),
            timestamp: own(self.timestamp),
            // Offsets in the repaired text differ from those in the bytes.
            payloads_at: 0..0,
            kinds: self.kinds,
            payloads: self.payloads,
            links: self.links,
            declared_bytes: self.declared_bytes,
            broken: self.broken,
        }
    }
}

/// Scans one message. Costs about a third of a microsecond for a small envelope; never decodes `data`.
pub fn scan(bytes: &[u8]) -> Digest<'_> {
    let start = json_start(bytes);
    if bytes.get(start) != Some(&b'{') {
        return Digest::default();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => scan_text(text, start),
        Err(_) if !looks_meant(bytes) => Digest::default(),
        Err(_) => {
            let mut digest = scan_text(&String::from_utf8_lossy(bytes), start).into_owned();
            digest.broken |= digest.dialect.is_none();
            digest
        }
    }
}

fn scan_text(text: &str, start: usize) -> Digest<'_> {
    let mut scanner = Scanner {
        cursor: Cursor::new(text, start),
        digest: Digest::default(),
        evidence: DialectDetector::default(),
    };
    match scanner.object() {
        Ok(()) if scanner.evidence.is_envelope() => Digest {
            dialect: Some(scanner.evidence.dialect()),
            ..scanner.digest
        },
        Err(_) if looks_meant(text.as_bytes()) => Digest {
            broken: true,
            ..Digest::default()
        },
        Ok(()) | Err(_) => Digest::default(),
    }
}

struct Scanner<'a> {
    cursor: Cursor<'a>,
    digest: Digest<'a>,
    evidence: DialectDetector,
}

impl Scanner<'_> {
    fn object(&mut self) -> Result<(), Fault> {
        let mut first = true;
        self.cursor.peek();
        self.cursor.enter()?;
        while let Some(key) = self.cursor.next_key(&mut first)? {
            let Some((field, spelling)) = Field::from_key(key.text().as_bytes()) else {
                self.cursor.item()?;
                continue;
            };
            let sighting = self.evidence.field(field, spelling);
            if field == Field::Payloads {
                self.cursor.peek();
                let start = self.cursor.at();
                self.payloads()?;
                self.digest.payloads_at = start..self.cursor.at();
                continue;
            }
            let item = self.cursor.item()?;
            let slot = match field {
                Field::SenderName => &mut self.digest.sender,
                Field::MsgPurpose => &mut self.digest.purpose,
                Field::CorrelationId => &mut self.digest.correlation_id,
                Field::MsgId => &mut self.digest.msg_id,
                Field::ReplyToMsgId => &mut self.digest.reply_to_msg_id,
                Field::ReplyTo => &mut self.digest.reply_to,
                Field::ReceiverName => &mut self.digest.receiver,
                Field::Timestamp => &mut self.digest.timestamp,
                _ => continue,
            };
            if sighting != KeySighting::Twin || slot.is_empty() {
                match item.plain() {
                    Some(text) => *slot = Cow::Borrowed(text),
                    None => *slot = item.word(),
                }
            }
        }
        self.cursor.end()
    }

    fn payloads(&mut self) -> Result<(), Fault> {
        let digest = &mut self.digest;
        (digest.kinds, digest.payloads, digest.links, digest.declared_bytes) = Default::default();
        match self.cursor.peek() {
            b'{' => self.payload(),
            b'[' => {
                let mut first = true;
                self.cursor.enter()?;
                while self.cursor.next_item(&mut first)? {
                    if usize::from(self.digest.payloads) < Limits::in_force().payloads_per_envelope {
                        self.payload()?;
                    } else {
                        self.cursor.item()?;
                        self.digest.payloads = self.digest.payloads.saturating_add(1);
                    }
                }
                Ok(())
            }
            _ => self.cursor.item().map(|_| ()),
        }
    }

    fn payload(&mut self) -> Result<(), Fault> {
        self.digest.payloads = self.digest.payloads.saturating_add(1);
        if self.cursor.peek() != b'{' {
            self.digest.kinds.insert(Kind::Binary);
            return self.cursor.item().map(|_| ());
        }
        let (mut size, mut first) = (0, true);
        let mut words = [None, None];
        let (mut transport, mut url) = (Cow::Borrowed(""), false);
        self.cursor.enter()?;
        while let Some(key) = self.cursor.next_key(&mut first)? {
            let item = self.cursor.item()?;
            let Some(field) = PayloadField::from_key(key.text().as_bytes()) else {
                continue;
            };
            match field {
                PayloadField::Type => words[0] = Some(item.word()),
                PayloadField::PayloadType => words[1] = Some(item.word()),
                PayloadField::Transport => transport = item.word(),
                PayloadField::Size => size = item.raw.parse().unwrap_or(0),
                PayloadField::Data => url = item.shape != Shape::Null && is_url(item),
                _ => {}
            }
        }
        self.digest.declared_bytes = self.digest.declared_bytes.saturating_add(size);
        self.digest.links += u16::from(transport == "link" || url);
        self.evidence.payload(words[0].as_deref(), words[1].as_deref());
        let kinds = words.map(|word| word.and_then(|word| Kind::from_declared(&word)));
        self.digest
            .kinds
            .insert(kinds[1].or(kinds[0]).unwrap_or(Kind::Binary));
        Ok(())
    }
}

/// Whether the data is a URL. If it contains escapes, only as much is unescaped as needed.
fn is_url(item: Item<'_>) -> bool {
    const ESCAPE: usize = r"\u0000".len();
    match item.plain() {
        Some(text) => looks_like_url(text),
        None if item.shape == Shape::Text => {
            // One more, because the last may be cut in two.
            let end = item.raw.len().min(ESCAPE * (URL_HEAD + 1));
            let head = String::from_utf8_lossy(&item.raw.as_bytes()[..end]);
            looks_like_url(&unescape(&head))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_digested() {
        let text = r#"{"correlationId":"c","msgId":"m","msgPurpose":"chat","senderName":"ad\u0061","receiverId":null,
            "payloads":[{"id":"1","dataname":"a","type":"table","transport":"direct","encoding":"base64","size":12,"data":"AAAA","metadata":{}},
            {"type":"spread","transport":"link","size":30,"data":"http://h/x"}]}"#;
        let digest = scan(text.as_bytes());
        assert_eq!(digest.dialect, Some(Dialect::V0_4));
        assert_eq!(
            (&*digest.sender, &*digest.purpose, &*digest.msg_id),
            ("ada", "chat", "m")
        );
        assert!(digest.kinds.contains(Kind::Table) && digest.kinds.contains(Kind::Binary));
        assert_eq!((digest.payloads, digest.links, digest.declared_bytes), (2, 1, 42));
        let payloads = &text[digest.payloads_at.clone()];
        assert!(payloads.starts_with("[{\"id\"") && payloads.ends_with("x\"}]"));
        assert!(!digest.broken);
    }

    /// Found by a property: the reader undid escapes that the scanner did not.
    #[test]
    fn a_link_with_escaped_slashes_is_counted() {
        use crate::envelope::Transport;
        use crate::read::message::read;
        let scheme = r"\u0068\u0074\u0074\u0070\u0073\u003a\u002f\u002f";
        let padded = format!("{}://h", "a".repeat(21));
        for (data, link) in [
            (r"https:\/\/files.example.com/f", true),
            (r"https:/\/files.example.com/f", true),
            (r"https\u003A//h/\n", true),
            (&format!("{scheme}h"), true),
            (&format!("{scheme}{}", r"\u00fc".repeat(100)), true),
            (&padded, true),
            (&padded.replace("//", r"\/\/"), true),
            (&format!("a{padded}").replace("//", r"\/\/"), false),
            (r"https:\\/\\/h", false),
            (r"\ud83d://h", false),
            (r"\/\/8A", false),
            (r#"https://h","data":null,"x":""#, false),
        ] {
            // Without a transport, only the data tells.
            let text = format!(r#"{{"msg_id":"m","send_to":"s","payloads":[{{"data":"{data}"}}]}}"#);
            assert_eq!(scan(text.as_bytes()).links, u16::from(link), "{data}");
            let reading = read(text.as_bytes());
            let (_, envelope) = &reading.envelope.expect("an envelope");
            let read = envelope.payloads[0].transport == Transport::Link;
            assert_eq!(read, link, "{data}");
        }
    }

    #[test]
    fn what_ties_messages_together_is_digested() {
        let text = r#"{"msg_id":"m","send_to":"s","reply_to":"/r","reply_to_msg_id":"q","receiver_name":"b","timestamp":"yesterday"}"#;
        let digest = scan(text.as_bytes());
        assert_eq!((&*digest.reply_to, &*digest.reply_to_msg_id), ("/r", "q"));
        assert_eq!((&*digest.receiver, &*digest.timestamp), ("b", "yesterday"));
    }

    #[test]
    fn what_only_looks_like_an_envelope_is_an_error_and_anything_else_is_nothing() {
        let broken = Digest {
            broken: true,
            ..Digest::default()
        };
        assert_eq!(scan(br#"{"msgId":"a","sendTo":"b""#), broken);
        for plain in [
            &b""[..],
            b"hello",
            b"[1]",
            b"{\"a\":1}",
            b"{",
            b"\xff\xfe{",
            b"{\xff}",
        ] {
            assert_eq!(scan(plain), Digest::default(), "{plain:?}");
        }
    }
}
