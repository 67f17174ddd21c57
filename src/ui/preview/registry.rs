//! Selects the view for each payload, by its state and value. Runs on a worker, so constructors may be slow; the
//! views draw only what is visible.

use super::caption::{audio_facts, caption, page_facts, video_facts};
use super::captioned::Captioned;
use super::contract::Preview;
use super::facts::FactsView;
use super::grid::{GridView, JsonRows};
use super::hex::{HexView, RawView};
use super::image::ImageView;
use super::message::{LinkPanel, findings_view};
use super::sound::SoundView;
use super::text::{BlockView, Piece, TextView, clipped, looks_like_markdown};
use super::tree::TreeView;
use crate::look::Role;
use crate::paint::{cut_text, format};
use natsbridge_wire::{
    ByteString, DecodedMessage, DecodedPayload, EnvelopePayload, Kind, Limits, PayloadState, SafeText, Value,
};
use std::sync::Arc;
use std::time::Duration;

/// All views of one message.
pub struct Views {
    /// One per payload; one for a plain message.
    pub tabs: Vec<Tab>,
    /// The exact bytes.
    pub raw: Box<dyn Preview>,
    /// What is wrong.
    pub findings: Box<dyn Preview>,
}

/// One payload's view.
pub struct Tab {
    /// The payload's name, or its kind where it has none.
    pub title: SafeText,
    /// The payload's kind.
    pub kind: Kind,
    /// The state of the payload when the view was made.
    pub state: PayloadState,
    /// Whether it takes much memory.
    pub heavy: bool,
    /// What it is, in one line.
    pub facts: Vec<Piece>,
    /// The view; one that would take much memory is made once somebody looks at it.
    pub view: Option<Box<dyn Preview>>,
}

impl Views {
    /// The payloads whose views are made once somebody looks at them.
    pub fn unseen(&self) -> Vec<usize> {
        let tabs = self.tabs.iter().enumerate();
        tabs.filter_map(|(number, tab)| tab.view.is_none().then_some(number))
            .collect()
    }
}

/// Makes the views of a message, first that of the payload looked at; `took` says how long the download of a link took.
pub fn build_views(
    message: &Arc<DecodedMessage<'static>>,
    looked_at: usize,
    limits: &Limits,
    took: &dyn Fn(&str) -> Option<Duration>,
) -> Views {
    let envelope = message.envelope.as_ref();
    let declared = envelope.map_or(&[][..], |(_, envelope)| &envelope.payloads);
    let tab = |(number, payload): (usize, &DecodedPayload<'_>)| {
        let heavy = memory(payload) > limits.view_memory;
        let made = !heavy || number == looked_at;
        Tab {
            title: clipped(if payload.dataname.is_empty() {
                payload.kind.name()
            } else {
                &payload.dataname
            }),
            kind: payload.kind,
            state: payload.state,
            heavy,
            facts: page_facts(
                payload,
                declared.get(number),
                payload.url.as_deref().and_then(took),
            ),
            view: made.then(|| view(payload, declared.get(number), limits, took)),
        }
    };
    Views {
        tabs: message.payloads.iter().enumerate().map(tab).collect(),
        raw: Box::new(RawView::new(&message.raw, limits)),
        findings: Box::new(findings_view(message)),
    }
}

/// About how much memory the view of a payload takes; of one that is not decoded, too much.
fn memory(payload: &DecodedPayload<'_>) -> u64 {
    match (&payload.value, payload.state) {
        (_, PayloadState::TooLarge) => u64::MAX,
        (Value::Image(facts), _) => {
            let pixels = facts.width.zip(facts.height);
            pixels.map_or(0, |(width, height)| u64::from(width) * u64::from(height) * 4)
        }
        (Value::Table(table), _) => table.memory(),
        // The text itself, and the places of what is in it.
        (Value::Text(_) | Value::Json(_), _) => payload.body.len().saturating_mul(4),
        (Value::Audio(_) | Value::Video(_) | Value::Binary, _) => 0,
    }
}

/// The view of a payload that stands alone.
pub fn payload_view(payload: &DecodedPayload<'_>, limits: &Limits) -> Box<dyn Preview> {
    view(payload, None, limits, &|_| None)
}

fn view(
    payload: &DecodedPayload<'_>,
    declared: Option<&EnvelopePayload<'_>>,
    limits: &Limits,
    took: &dyn Fn(&str) -> Option<Duration>,
) -> Box<dyn Preview> {
    if payload.state == PayloadState::NotFetched {
        return Box::new(LinkPanel::new(payload, declared));
    }
    let took = payload.url.as_deref().and_then(took);
    let mut lines = vec![caption(payload, declared, took)];
    let error = payload.error.as_deref();
    let error = error.filter(|_| payload.state != PayloadState::Decoded);
    lines.extend(error.map(|error| vec![Piece::new(Role::SeverityError, &format!("✖ {error}"))]));
    let head = text_head(payload, limits);
    lines.extend(head.as_ref().map(|head| {
        let (shown, all) = (format::size(head.len()), format::size(payload.body.len()));
        let text = format!("Only the first {shown} of {all} are shown; save the payload to get all of it.");
        vec![Piece::new(Role::Caution, &text)]
    }));
    if let Value::Text(text) = &payload.value {
        let offer = match () {
            () if is_json(text) => Some("This text is JSON: press V to view it as a dictionary."),
            () if looks_like_markdown(text) => Some("This text is Markdown: press M to render it."),
            () => None,
        };
        lines.extend(offer.map(|offer| vec![Piece::new(Role::Dim, offer)]));
    }
    let inner: Box<dyn Preview> = match &payload.value {
        Value::Text(text) => Box::new(TextView::new(text.clone())),
        Value::Json(json) => {
            let is_table = payload.kind == Kind::JsonTable;
            match is_table.then(|| JsonRows::new(json, limits)).flatten() {
                Some(rows) => Box::new(GridView::new(Arc::new(rows), limits)),
                None => Box::new(TreeView::new(json.clone())),
            }
        }
        Value::Table(table) => Box::new(GridView::new(Arc::clone(table) as _, limits)),
        Value::Image(facts) => Box::new(ImageView::new(*facts, &payload.body, limits)),
        Value::Audio(facts) => Box::new(SoundView::new(audio_facts(facts, payload), payload.body.clone())),
        Value::Video(facts) => Box::new(FactsView::new(video_facts(facts, payload))),
        Value::Binary if payload.body.is_empty() => Box::new(BlockView::sentence("No data.")),
        Value::Binary => match head {
            Some(head) => Box::new(TextView::new(head)),
            None => Box::new(HexView::new(payload.body.clone(), limits)),
        },
    };
    Box::new(Captioned::new(lines, inner))
}

/// Whether a text contains a JSON object or array, as far as can be found out quickly.
fn is_json(text: &str) -> bool {
    /// Bytes of a text that is looked into.
    const MOST: usize = 1 << 20;
    let text = text.trim();
    text.len() <= MOST
        && text.starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The first lines of a text that is too large to be opened.
fn text_head(payload: &DecodedPayload<'_>, limits: &Limits) -> Option<ByteString> {
    let is_text = matches!(payload.kind, Kind::Text | Kind::Dictionary | Kind::JsonTable);
    if payload.state != PayloadState::TooLarge || !is_text {
        return None;
    }
    let head = payload.body.slice(0..limits.text_head as u64).ok()?;
    let text = cut_text(&head)?;
    let end = text.rfind('\n').map_or(text.len(), |line| line + 1);
    Some(text[..end].into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Theme;
    use crate::preview::message::envelope_view;
    use crate::preview::message::header_lines;
    use crate::preview::sample;
    use crate::preview::sample::{drawn, exercise};
    use bytes::Bytes;
    use jiff::tz::TimeZone;
    use natsbridge_engine::StoredMessage;
    use natsbridge_wire::{AudioInfo, Code, Data, Dialect, Envelope, Finding, JsonText, RawJson, Transport};

    fn payload(kind: Kind, state: PayloadState, value: Value) -> DecodedPayload<'static> {
        DecodedPayload {
            dataname: "rows".into(),
            kind,
            state,
            value,
            body: Bytes::from_static(b"abcdefg").into(),
            url: None,
            media_type: "application/pdf",
            error: None,
        }
    }

    fn declared(declared_type: &'static str, size: u64) -> EnvelopePayload<'static> {
        EnvelopePayload {
            id: "1".into(),
            dataname: "rows".into(),
            declared_type: declared_type.into(),
            kind: Kind::Text,
            transport: Transport::Direct,
            encoding: "base64".into(),
            size: Some(size),
            data: Data::Missing,
            metadata: RawJson::default(),
            extra: vec![],
        }
    }

    fn screen(payload: DecodedPayload<'static>, declared: EnvelopePayload<'static>) -> Vec<String> {
        let envelope = Envelope {
            payloads: vec![declared],
            ..Envelope::default()
        };
        let message = Arc::new(DecodedMessage {
            raw: Bytes::from_static(b"{}"),
            envelope: Some((Dialect::V0_4, envelope)),
            payloads: vec![payload],
            findings: vec![],
        });
        let took = |_: &str| Some(Duration::from_millis(1200));
        let mut views = build_views(&message, 0, &Limits::DEFAULT, &took);
        let mut again = build_views(&message, 0, &Limits::DEFAULT, &took);
        exercise(&mut **again.tabs[0].view.as_mut().unwrap());
        exercise(&mut *again.raw);
        exercise(&mut *again.findings);
        assert_eq!(views.tabs[0].title.as_str(), "rows");
        drawn(&mut **views.tabs[0].view.as_mut().unwrap(), 78, 8)
    }

    #[test]
    fn a_json_payload_gets_a_tree_under_its_caption() {
        let value = Value::Json(r#"{"a": 1}"#.parse().unwrap());
        let screen = screen(
            payload(Kind::Dictionary, PayloadState::Decoded, value),
            declared("json", 7),
        );
        assert_eq!(screen[..3], ["dictionary · 7 B", "▾ {1}", "    a: 1"]);
    }

    #[test]
    fn a_jsontable_is_a_grid() {
        let value = Value::Json(r#"[{"id": 1, "name": "Ada"}, {"id": 2}]"#.parse().unwrap());
        let screen = screen(
            payload(Kind::JsonTable, PayloadState::Decoded, value),
            declared("jsontable", 7),
        );
        assert!(
            screen[1].contains("id") && screen[1].contains("name"),
            "{screen:?}"
        );
        assert!(screen[4].contains('2') && screen[4].ends_with('∅'), "{screen:?}");
    }

    #[test]
    fn what_was_declared_otherwise_stands_beside_what_is() {
        let payload = payload(Kind::Binary, PayloadState::Decoded, Value::Binary);
        let screen = screen(payload, declared("blob", 5000));
        let expected = "binary · application/pdf · 7 B · declared as “blob” · declared 5,000 bytes,";
        assert_eq!(screen[0], expected);
        assert!(screen[2].contains("61 62 63"), "{screen:?}");
    }

    #[test]
    fn a_failed_payload_says_why_above_its_bytes() {
        let mut failed = payload(Kind::Table, PayloadState::Failed, Value::Binary);
        failed.error = Some("The Arrow data ends early.".to_owned());
        let screen = screen(failed, declared("table", 9));
        assert_eq!(screen[1], "✖ The Arrow data ends early.");
        assert!(screen[2].contains("61 62 63"), "{screen:?}");
    }

    #[test]
    fn a_link_not_fetched_is_a_calm_panel() {
        let mut link = payload(Kind::Table, PayloadState::NotFetched, Value::Binary);
        link.url = Some("http://me:secret@host/file".to_owned());
        let screen = screen(link, declared("table", 2_100_000));
        assert_eq!(screen[0], " ⇗ link · table · 2.10 MB");
        assert_eq!(screen[1], " http://host/file");
    }

    #[test]
    fn a_link_that_was_fetched_says_how_long_it_took() {
        let mut link = payload(Kind::Text, PayloadState::Decoded, Value::Text("hello".into()));
        link.url = Some("http://host/file".to_owned());
        let declared = EnvelopePayload {
            transport: Transport::Link,
            ..declared("text", 7)
        };
        assert_eq!(
            screen(link, declared)[0],
            "text · 7 B · ⇗ link · fetched in 1.20 s"
        );
    }

    #[test]
    fn sound_gets_its_facts() {
        let facts = AudioInfo {
            format: "wav",
            duration_s: Some(1.5),
            sample_rate_hz: Some(44_100),
            channels: None,
            ..AudioInfo::default()
        };
        let screen = screen(
            payload(Kind::Audio, PayloadState::Decoded, Value::Audio(facts)),
            declared("audio", 7),
        );
        let text = screen.join("\n");
        assert!(
            text.contains("1.50 s") && text.contains("44,100 Hz") && !text.contains("channels"),
            "{text}"
        );
    }

    #[test]
    fn nothing_hostile_reaches_the_screen() {
        const HOSTILE: &str = "a\x1b]0;p\x07b\u{202E}c\u{9b}31m\u{200B}";
        let json = serde_json::json!([{HOSTILE: HOSTILE}]).to_string();
        let json: JsonText = json.parse().unwrap();
        let mut payloads = Vec::new();
        for (kind, state, value) in [
            (Kind::Text, PayloadState::Decoded, Value::Text(HOSTILE.into())),
            (Kind::Dictionary, PayloadState::Decoded, Value::Json(json.clone())),
            (Kind::JsonTable, PayloadState::Decoded, Value::Json(json)),
            (Kind::Binary, PayloadState::Failed, Value::Binary),
            (Kind::Table, PayloadState::NotFetched, Value::Binary),
        ] {
            payloads.push(DecodedPayload {
                dataname: HOSTILE.into(),
                body: HOSTILE.into(),
                url: Some(HOSTILE.to_owned()),
                media_type: HOSTILE,
                error: Some(HOSTILE.to_owned()),
                ..payload(kind, state, value)
            });
        }
        let envelope = Envelope {
            sender_name: HOSTILE.into(),
            payloads: vec![declared(HOSTILE, 1); 5],
            extra: vec![(HOSTILE.into(), RawJson(HOSTILE.into()))],
            ..Envelope::default()
        };
        let message = Arc::new(DecodedMessage {
            raw: Bytes::from_static(HOSTILE.as_bytes()),
            envelope: Some((Dialect::V0_5, envelope)),
            payloads,
            findings: vec![Finding::new(Code::MissingField, HOSTILE, HOSTILE)],
        });
        let stored = StoredMessage {
            subject: HOSTILE.into(),
            headers: vec![(HOSTILE.to_owned(), vec![HOSTILE.to_owned()])],
            ..sample::stored()
        };
        let zone = TimeZone::UTC;
        let header = header_lines(&message, &stored, 0, &zone, &Theme::plain(), 60);
        let mut seen: Vec<String> = header.iter().map(ToString::to_string).collect();
        let views = build_views(&message, 0, &Limits::DEFAULT, &|_| None);
        seen.extend(views.tabs.iter().map(|tab| tab.title.as_str().to_owned()));
        let mut all: Vec<Box<dyn Preview>> = views.tabs.into_iter().filter_map(|tab| tab.view).collect();
        all.extend([
            views.raw,
            views.findings,
            Box::new(envelope_view(&message, &stored, &zone)),
        ]);
        for view in &mut all {
            view.search("b");
            seen.extend(drawn(&mut **view, 90, 40));
            seen.push(view.position());
        }
        let hidden = |c: char| c.is_control() || "\u{202E}\u{200B}".contains(c);
        let dirty: Vec<&String> = seen.iter().filter(|line| line.contains(hidden)).collect();
        assert!(dirty.is_empty(), "{dirty:?}");
        assert!(
            seen.concat().matches('␛').count() > 10,
            "and nothing is dropped silently"
        );
    }
}
