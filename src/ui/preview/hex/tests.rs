//! The view of bytes by what a person sees: rows, the cursor, searching, going to offsets.
#![cfg(test)]

use super::view::{HexView, WHERE, offset};
use crate::preview::contract::{Motion, Preview, Searched};
use crate::preview::sample::drawn as screen;
use natsbridge_app::Action;
use natsbridge_wire::{Blob, Limits, ReadAt};
use std::io;
use std::sync::Arc;

fn shown(body: Blob) -> HexView {
    HexView::new(body, &Limits::DEFAULT)
}

fn png() -> HexView {
    shown(Blob::from(&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0`"[..]))
}

#[test]
fn rows_adapt_to_the_width() {
    let mut view = png();
    assert_eq!(
        screen(&mut view, 80, 2),
        [
            "00000000  89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52   ·PNG········IHDR",
            "00000010  00 00 00 60                                        ···`",
        ]
    );
    assert_eq!(
        screen(&mut view, 44, 3)[1],
        "00000008  00 00 00 0d 49 48 44 52  ····IHDR"
    );
    assert!(screen(&mut view, 150, 1)[0].ends_with("·PNG········IHDR···`"));
}

#[test]
fn the_cursor_moves_and_is_kept_in_view() {
    let mut view = shown(Blob::from((0..=255).cycle().take(4096).collect::<Vec<u8>>()));
    screen(&mut view, 80, 10);
    assert!(view.act(Motion::Right) && view.act(Motion::Down));
    assert_eq!(view.position(), "offset 0x11 of 4,096");
    assert!(view.act(Motion::Bottom));
    assert!(screen(&mut view, 80, 10)[9].starts_with("00000ff0"));
    assert!(view.act(Motion::Wheel(-5)));
    assert_eq!(view.position(), "offset 0xfaf of 4,096");
    assert!(view.act(Motion::Click { column: 10, row: 0 }));
    assert!(view.position().starts_with("offset 0xf10"));
    assert!(!view.act(Motion::Click { column: 3, row: 0 }));
    assert!(view.act(Motion::PageUp) && view.act(Motion::Top) && view.act(Motion::Up));
    assert_eq!(view.position(), "offset 0x0 of 4,096");
}

#[test]
fn it_searches_text_and_bytes() {
    let mut view = png();
    screen(&mut view, 80, 2);
    assert_eq!(view.search("ihdr"), Searched::All(1));
    assert_eq!(view.position(), "match 1 of 1 · offset 0xc of 20");
    assert_eq!(view.search("00 00 00"), Searched::All(2));
    assert!(view.act(Motion::NextMatch));
    assert!(view.position().starts_with("match 1 of 2 · offset 0x8"));
    assert_eq!(view.search("nothing"), Searched::All(0));
    assert!(!view.act(Motion::NextMatch));
}

#[test]
fn nothing_and_small_areas_are_drawn() {
    let mut view = shown(Blob::default());
    assert_eq!(screen(&mut view, 20, 1), ["No data."]);
    for motion in [Motion::Down, Motion::Bottom, Motion::Wheel(3), Motion::LineEnd] {
        view.act(motion);
    }
    for (width, height) in [(0, 0), (1, 1), (9, 2), (12, 1)] {
        screen(&mut view, width, height);
        screen(&mut png(), width, height);
    }
    assert_eq!(png().copy().unwrap().get(..8), Some("89504e47"));
}

/// Terabytes of a pattern, of which one place cannot be read.
#[derive(Debug)]
struct Endless;

impl ReadAt for Endless {
    fn size(&self) -> u64 {
        1 << 42
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if offset >= 1 << 41 {
            return Err(io::Error::other("a bad sector"));
        }
        for (at, byte) in (offset..).zip(buffer) {
            *byte = if at % (1 << 21) == 5 { b'!' } else { b'.' };
        }
        Ok(())
    }
}

#[test]
fn of_a_payload_on_disk_only_what_is_seen_is_read() {
    let mut view = shown(Blob::Stored(Arc::new(Endless)));
    assert!(screen(&mut view, 80, 2)[0].ends_with(".....!.........."));
    view.search_bytes = 4 << 20;
    assert_eq!(view.search("!"), Searched::All(2));
    let said = "match 1 of 2 · offset 0x5 of 4,398,046,511,104 · only 4.19 MB from 0x0 searched";
    assert_eq!(view.position(), said);
    view.most_matches = 1;
    assert_eq!(view.search("!"), Searched::All(1));
    assert!(view.position().ends_with("the first 1 matches"));
    assert!(view.copy().unwrap().len() > Limits::DEFAULT.clipboard_bytes);
    assert!(view.act(Motion::Bottom));
    let said = "The payload's file cannot be read: a bad sector.";
    assert_eq!(screen(&mut view, 80, 2)[0], said);
    assert_eq!(view.search("!"), Searched::All(0));
    assert!(view.position().ends_with("the search failed: a bad sector"));
}

#[test]
fn offsets_are_gone_to() {
    for (text, at) in [
        ("10", Ok(10)),
        ("0x10", Ok(16)),
        ("+5", Ok(25)),
        ("-0x4", Ok(16)),
        ("-99", Ok(0)),
    ] {
        assert_eq!(offset(text, 20, 100), at, "{text}");
    }
    assert_eq!(
        offset("1,000", 20, 100),
        Err("there are only 100 bytes".to_owned())
    );
    assert!(offset("ten", 20, 100).is_err());
    let mut view = HexView::new(bytes::Bytes::from(vec![7; 100]).into(), &Limits::DEFAULT);
    assert!(view.run(Action::GoToOffset).is_some());
    assert!(view.answer(WHERE, "0x40").unwrap().is_empty());
    assert!(view.position().contains("0x40"), "{}", view.position());
}
