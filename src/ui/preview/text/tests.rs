//! The view of a text by what a person sees: wrapping, moving aside, searching, going to lines.
#![cfg(test)]

use super::view::{LINE, TextView};
use crate::preview::contract::{Motion, Preview, Searched};
use crate::preview::sample::drawn as screen;

#[test]
fn it_wraps_and_scrolls() {
    let mut view = TextView::new("the quick brown fox\njumps\nover\nthe lazy dog".into());
    assert_eq!(screen(&mut view, 10, 3), ["the quick", "brown fox", "jumps"]);
    assert_eq!(view.position(), "line 1 of 4");
    assert!(view.act(Motion::Down));
    assert_eq!(screen(&mut view, 10, 3), ["brown fox", "jumps", "over"]);
    assert!(view.act(Motion::Bottom));
    assert_eq!(screen(&mut view, 10, 3), ["over", "the lazy", "dog"]);
    assert!(view.act(Motion::Down));
    assert_eq!(screen(&mut view, 10, 3), ["over", "the lazy", "dog"]);
    assert!(view.act(Motion::Up));
    assert_eq!(screen(&mut view, 10, 3), ["jumps", "over", "the lazy"]);
    assert_eq!(view.position(), "line 2 of 4");
}

#[test]
fn unwrapped_it_moves_aside_and_says_what_is_cut() {
    let mut view = TextView::new("abcdefghijklmnopqrstuvwxyz\nshort\n\ttab".into());
    assert!(view.act(Motion::Wrap));
    assert_eq!(screen(&mut view, 10, 3), ["abcdefghi…", "short", "    tab"]);
    assert!(view.act(Motion::Right));
    assert_eq!(screen(&mut view, 10, 3), ["ijklmnopq…", "", ""]);
    assert!(view.act(Motion::LineEnd));
    assert_eq!(screen(&mut view, 10, 3)[0], "qrstuvwxyz");
    assert!(view.act(Motion::LineStart));
    assert_eq!(screen(&mut view, 10, 3)[1], "short");
}

#[test]
fn controls_are_seen() {
    let mut view = TextView::new("a\x1b[31m\u{202E}b".into());
    assert_eq!(screen(&mut view, 20, 1), ["a␛[31m⟨U+202E⟩b"]);
}

#[test]
fn it_searches() {
    let lines: Vec<String> = (0..1000).map(|n| format!("row {n}")).collect();
    let mut view = TextView::new(lines.join("\n").into());
    screen(&mut view, 20, 9);
    assert_eq!(view.search("ROW 500"), Searched::All(0));
    assert_eq!(view.search("row 50"), Searched::All(11));
    assert_eq!(view.position(), "match 1 of 11 · line 51 of 1,000");
    assert!(view.act(Motion::NextMatch));
    assert_eq!(screen(&mut view, 20, 9)[3], "row 500");
    assert!(view.act(Motion::PreviousMatch) && view.act(Motion::PreviousMatch));
    assert_eq!(view.position(), "match 11 of 11 · line 510 of 1,000");
}

#[test]
fn a_long_line_and_many_lines_are_walked_in_steps() {
    let mut view = TextView::new(format!("{}END", "x".repeat(2_000_000)).into());
    screen(&mut view, 80, 24);
    for motion in [Motion::Bottom, Motion::PageUp, Motion::PageDown] {
        assert!(view.act(motion));
    }
    assert!(screen(&mut view, 80, 24)[23].ends_with("END"));
    assert!(view.act(Motion::Wrap) && view.act(Motion::LineEnd));
    assert!(screen(&mut view, 80, 24)[0].ends_with("xEND"));

    let mut view = TextView::new("line\n".repeat(1_000_000).into());
    assert!(view.act(Motion::Bottom));
    screen(&mut view, 80, 24);
    assert_eq!(view.position(), "line 999,977 of 1,000,000");
}

#[test]
fn every_size_and_motion_is_survived() {
    let mut view = TextView::new("世界 \u{202E} e\u{301} long word\n\n\tx".into());
    for (width, height) in [(0, 0), (1, 1), (2, 1), (1, 9), (200, 60)] {
        for motion in [
            Motion::Down,
            Motion::Wrap,
            Motion::Right,
            Motion::Bottom,
            Motion::Wheel(-3),
        ] {
            view.act(motion);
            screen(&mut view, width, height);
        }
    }
    assert!(!view.act(Motion::Toggle));
    assert!(!TextView::new("".into()).act(Motion::NextMatch));
}

#[test]
fn lines_are_gone_to() {
    let lines: Vec<String> = (1..=100).map(|line| format!("line {line}")).collect();
    let mut view = TextView::new(lines.join("\n").into());
    crate::preview::sample::drawn(&mut view, 20, 5);
    assert!(view.answer(LINE, "42").unwrap().is_empty());
    assert_eq!(crate::preview::sample::drawn(&mut view, 20, 5)[0], "line 42");
    let refused = view.answer(LINE, "1000").err();
    assert!(refused.unwrap().starts_with("there are"));
    assert!(view.answer(LINE, "x").is_err());
}
