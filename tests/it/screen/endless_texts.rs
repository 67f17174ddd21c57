//! Texts without end on the screen: graphemes of a hundred thousand marks, lines of megabytes, lines by the million.

use crate::support::screen_stand::{Bench, envelope, preview_context};
use natsbridge_ui::preview::{Preview, build_views};
use natsbridge_ui::{Colours, Motion, PreviewContext, Themes};
use natsbridge_wire::{Blob, Budget, DecodedMessage, Limits, PayloadState, decode_message_with};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// What a terminal is sent to draw all of this anew.
fn frame_bytes(buffer: &Buffer) -> usize {
    let mut sent = Vec::new();
    let area = buffer.area;
    let cells = area.positions().map(|at| (at.x, at.y, &buffer[at]));
    CrosstermBackend::new(&mut sent).draw(cells).unwrap();
    sent.len()
}

/// Row 4.
#[test]
fn ten_places_of_a_hundred_thousand_marks_take_32_bytes_a_cell_and_64_kib_a_frame() {
    let endless = format!("e{}", "\u{301}".repeat(100_000));
    let family = "👨\u{200d}".repeat(30_000) + "👨";
    let object = json!({ &endless: { &family: [&endless] } }).to_string();
    let rows = json!([{ &endless: &endless }, { &endless: &family }]).to_string();
    let plain =
        |sender: &str, name: &str, kind: &str, body: &str| envelope(sender, &[(name, kind, body.as_bytes())]);
    let purpose = plain("a", "n", "text", "x").replace("\"chat\"", &json!(endless).to_string());
    for (place, subject, message) in [
        (
            "subject",
            format!("a.{}", "\u{301}".repeat(2000)),
            plain("a", "n", "text", "x"),
        ),
        ("plain text", "a".into(), endless.clone()),
        ("sender", "a".into(), plain(&endless, "n", "text", "x")),
        ("name", "a".into(), plain("a", &endless, "text", "x")),
        ("kind", "a".into(), plain("a", "n", &endless, "x")),
        (
            "text",
            "a".into(),
            plain("a", "n", "text", &format!("{endless}\n{family}\n{endless}")),
        ),
        (
            "marks alone",
            "a".into(),
            plain("a", "n", "text", &"\u{20dd}".repeat(50_000)),
        ),
        ("dictionary", "a".into(), plain("a", "n", "dictionary", &object)),
        ("rows", "a".into(), plain("a", "n", "jsontable", &rows)),
        ("purpose", "a".into(), purpose),
    ] {
        let mut bench = Bench::new(120, 40);
        bench.arrive(&subject, message.as_bytes());
        for keys in ["g", "3", "]", "]", "]", "1"] {
            bench.keys(keys).screen();
            let buffer = bench.terminal.backend().buffer();
            let largest = buffer.content().iter().map(|cell| cell.symbol().len()).max();
            assert!(largest <= Some(32), "{place} after {keys:?}: {largest:?}");
            let bytes = frame_bytes(buffer);
            assert!(bytes <= 64 << 10, "{place} after {keys:?}: {bytes}");
        }
    }
}

/// What this thread has had of a processor, where that is told: other work on the machine does not count.
fn spent() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(
        told.split(' ')
            .next()
            .and_then(|nanos| nanos.parse().ok())
            .unwrap_or(0),
    )
}

fn message(body: Vec<u8>) -> DecodedMessage<'static> {
    let raw = json!({ "msgId": "m", "payloads": [{
        "id": "1", "dataname": "it", "type": "text", "transport": "link", "encoding": "none", "size": body.len(), "data": "http://h/f",
    }]});
    let (raw, body) = (raw.to_string().into(), Blob::from(body));
    decode_message_with(&raw, "a.b", &Budget::whole(&Limits::DEFAULT), &|_| {
        Some(body.clone())
    })
    .into_owned()
}

fn draw(view: &mut dyn Preview, context: PreviewContext<'_>) -> Duration {
    let area = Rect::new(0, 0, 120, 40);
    let mut buffer = Buffer::empty(area);
    let before = spent();
    view.fit(area, context);
    view.draw(area, &mut buffer, context);
    spent().checked_sub(before).unwrap()
}

/// The first 64 KiB of a text, in whole letters.
fn first(text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).unwrap();
    let ends = text.char_indices().map(|(at, _)| at);
    let end = ends.take_while(|at| *at <= 64 << 10).last().unwrap();
    text.as_bytes()[..end].to_vec()
}

/// Row 5.
#[test]
fn ten_texts_of_up_to_64_mib_are_drawn_as_quickly_as_small_ones() {
    const MIB: usize = 1 << 20;
    let theme = Themes::new(natsbridge::cli::built_in_themes())
        .load("night", Colours::True)
        .unwrap();
    let context = preview_context(&theme);
    let filled = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len()).into_bytes();
    for (name, body) in [
        ("a line", filled("x", 16 * MIB)),
        ("lines", filled("a line of a log\n", 64 * MIB)),
        ("a line of words", filled("some words and more ", 4 * MIB)),
        ("a million lines", filled("\n", MIB)),
        ("wide letters", filled("日本語", 4 * MIB)),
        ("emoji", filled("👩🏽‍🚀", 2 * MIB)),
        ("marks", filled("e\u{301}\u{301}", 4 * MIB)),
        ("controls", filled("\u{1b}[31m\t", 4 * MIB)),
        ("one grapheme", filled("\u{301}", 2 * MIB)),
        ("an array on one line", filled("[1,2,{\"a\":null}],", 4 * MIB)),
    ] {
        let small = build_views(&Arc::new(message(first(&body))), 0, &Limits::DEFAULT, &|_| None);
        let message = message(body);
        assert_eq!(message.payloads[0].state, PayloadState::Decoded, "{name}");
        let large = build_views(&Arc::new(message), 0, &Limits::DEFAULT, &|_| None);
        let [small, large] = [small, large].map(|mut views| {
            let view = &mut **views.tabs[0].view.as_mut().unwrap();
            let motions = [
                Motion::PageDown,
                Motion::PageDown,
                Motion::Bottom,
                Motion::PageUp,
                Motion::Top,
                Motion::Down,
            ];
            let frame = |motion: &Motion| {
                view.act(*motion);
                draw(view, context)
            };
            let mut frames: Vec<Duration> = motions.iter().cycle().take(30).map(frame).collect();
            frames.sort_unstable();
            frames[frames.len() - 2]
        });
        // Without optimisation a frame takes what it takes; it is the text's length that may not count.
        assert!(
            large <= small * 4 + Duration::from_millis(33),
            "{name}: {large:?}, a small one {small:?}"
        );
    }
}
