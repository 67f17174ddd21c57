//! For the tests of the views only: a message as a peer would send it, and screens as text.
#![cfg(test)]

use super::contract::{Motion, Preview, PreviewContext};
use crate::graphics::{Colours, ImageMethod};
use crate::look::Theme;
use bytes::Bytes;
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{Code, DecodedMessage, Dialect, Envelope, Finding, RawJson, SafeText};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A message as a peer would send it, for tests of the header and the envelope view.
pub fn message() -> DecodedMessage<'static> {
    let envelope = Envelope {
        correlation_id: "7f3a91c2-0000-4000-8000-000000000000".into(),
        timestamp: "2026-01-31T12:01:02.115Z".into(),
        msg_purpose: "chat".into(),
        sender_name: "web-ui".into(),
        broker_url: "nats://me:secret@host:4222".into(),
        extra: vec![("colour".into(), RawJson("\"red\"".into()))],
        ..Envelope::default()
    };
    DecodedMessage {
        raw: Bytes::from(vec![b' '; 1234]),
        envelope: Some((Dialect::V0_4, envelope)),
        payloads: vec![],
        findings: vec![Finding::new(
            Code::BrokerUrlCredentials,
            "broker_url",
            "Credentials.",
        )],
    }
}

/// Its arrival.
pub fn stored() -> StoredMessage {
    StoredMessage {
        seq: 7,
        at_us: 1_769_860_862_118_000,
        subject: "/chat/room1".into(),
        reply: Some("_INBOX.x".to_owned()),
        headers: vec![("Trace".to_owned(), vec!["a".to_owned(), "b".to_owned()])],
        payload: Bytes::new(),
    }
}

/// The text of a drawn buffer, one string per row without trailing spaces.
pub fn drawn(view: &mut dyn Preview, width: u16, height: u16) -> Vec<String> {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let context = PreviewContext {
        theme: &Theme::plain(),
        focused: true,
        colours: Colours::True,
        pictures: ImageMethod::HalfBlocks,
        on_page: false,
    };
    view.fit(area, context);
    view.draw(area, &mut buffer, context);
    rows(&buffer)
}

/// The rows of a buffer as text; the second half of a wide character is skipped.
pub fn rows(buffer: &Buffer) -> Vec<String> {
    let row = |y| {
        let mut text = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += SafeText::new(symbol).width().max(1) as u16;
        }
        text.trim_end().to_owned()
    };
    (0..buffer.area.height).map(row).collect()
}

/// Every motion at every size, twice over: nothing may panic, whatever was drawn before.
pub fn exercise(view: &mut dyn Preview) {
    let click = |column, row| Motion::Click { column, row };
    let motions = [
        Motion::Down,
        Motion::Right,
        Motion::PageDown,
        Motion::HalfDown,
        Motion::Bottom,
        Motion::Toggle,
        Motion::LineEnd,
        Motion::Wheel(-2),
        Motion::NextMatch,
        Motion::ToggleAll,
        Motion::Wrap,
        Motion::Up,
        Motion::Left,
        Motion::PageUp,
        Motion::HalfUp,
        Motion::PreviousMatch,
        Motion::Wheel(i16::MAX),
        Motion::LineStart,
        click(0, 0),
        click(u16::MAX, u16::MAX),
        Motion::Top,
        Motion::Left,
    ];
    for (width, height) in [
        (0, 0),
        (1, 1),
        (0, 9),
        (9, 0),
        (2, 3),
        (10, 4),
        (40, 10),
        (200, 60),
        (1, 1),
    ] {
        for pattern in ["", "a", "nowhere"] {
            view.search(pattern);
            for motion in motions {
                view.act(motion);
                drawn(view, width, height);
                let _ = (view.position(), view.copy());
            }
        }
    }
}
