//! Trees as they are seen and used.
#![cfg(test)]

use super::rows::Row;
use super::view::{TreeView, UNFOLD};
use crate::preview::contract::{Motion, Preview, Searched, Wish, WorkResult};
use crate::preview::sample::{drawn, exercise};
use natsbridge_app::Progress;
use serde_json::{Value, json};

fn of_text(text: &str) -> TreeView {
    TreeView::new(text.parse().unwrap())
}

fn view(value: &Value) -> TreeView {
    of_text(&value.to_string())
}

#[test]
fn draws_keys_values_and_counts() {
    let mut view = view(&json!({"name": "Ada", "tags": ["a", null], "empty": {}}));
    assert_eq!(
        drawn(&mut view, 30, 7),
        [
            "▾ {3}",
            "    name: \"Ada\"",
            "  ▾ tags: [2]",
            "      0: \"a\"",
            "      1: null",
            "    empty: {}",
            ""
        ]
    );
    view.act(Motion::Down);
    view.act(Motion::Down);
    assert_eq!(view.position(), "tags");
    view.act(Motion::Toggle);
    assert_eq!(drawn(&mut view, 30, 4)[2], "  ▸ tags: […2]");
    assert_eq!(view.copy().unwrap(), "[\n  \"a\",\n  null\n]");
    view.act(Motion::Up);
    assert_eq!(view.copy().as_deref(), Some("Ada"));
}

#[test]
fn left_and_right_walk_the_tree() {
    let mut view = view(&json!({"a": {"b": {"c": 1}}}));
    view.act(Motion::Bottom);
    assert_eq!(view.position(), "a.b.c");
    view.act(Motion::Left);
    assert_eq!(view.position(), "a.b");
    view.act(Motion::Left);
    assert_eq!((view.position(), view.rows.len()), ("a.b".into(), 3));
    view.act(Motion::Right);
    view.act(Motion::Right);
    assert_eq!(view.position(), "a.b.c");
    view.act(Motion::ToggleAll);
    assert_eq!((view.position(), view.rows.len()), ("a".into(), 2));
    view.act(Motion::ToggleAll);
    assert_eq!((view.position(), view.rows.len()), ("a".into(), 4));
}

#[test]
fn search_unfolds_what_it_finds() {
    let mut view = view(&json!({"a": {"deep": ["x", "needle"]}, "needle": 1}));
    view.act(Motion::ToggleAll);
    assert_eq!(view.search("needle"), Searched::All(2));
    assert_eq!(view.position(), "a.deep[1]");
    view.act(Motion::NextMatch);
    assert_eq!(view.position(), "needle");
    view.act(Motion::NextMatch);
    assert_eq!(view.position(), "a.deep[1]");
    view.act(Motion::PreviousMatch);
    assert_eq!(view.position(), "needle");
    assert_eq!(view.search("absent"), Searched::All(0));
}

#[test]
fn what_is_large_is_searched_and_unfolded_elsewhere() {
    let done = |view: &mut TreeView| {
        for wish in view.wishes() {
            let Wish::Work(work) = wish else { panic!() };
            let result = (work.run)(&Progress::default());
            assert!(view.worked(work.slot, result).is_empty());
        }
    };
    let mut view = of_text(&format!("[{}{{\"needle\":1}}]", "{\"hay\":0},".repeat(100_000)));
    assert_eq!(view.search("needle"), Searched::SoFar(0));
    assert_eq!(view.position(), "$");
    done(&mut view);
    assert_eq!(view.position(), "[100000].needle · 1 match");
    let rows = view.rows.len();
    view.act(Motion::ToggleAll);
    assert_eq!(view.rows.len(), rows);
    done(&mut view);
    assert_eq!(view.rows.len(), 100_002);
    assert_eq!(view.position(), "[100000] · 1 match");
    view.act(Motion::ToggleAll);
    done(&mut view);
    assert_eq!(view.rows.len(), 200_003);
    // A work that was stopped changes nothing.
    let none: WorkResult = Box::new(None::<Vec<Row>>);
    view.worked(UNFOLD, none);
    assert_eq!(view.rows.len(), 200_003);
}

#[test]
fn a_long_value_is_shown_whole_when_selected() {
    let mut view = view(&json!({"long": "one two three four five six seven"}));
    view.act(Motion::Down);
    let screen = drawn(&mut view, 20, 12);
    assert_eq!(screen[1], "    long: \"one two …");
    assert!(screen[9].starts_with("─"), "{screen:?}");
    assert_eq!(screen[10..12], ["\"one two three four", "five six seven\""]);
}

#[test]
fn any_motion_at_any_size_is_fine() {
    exercise(&mut view(
        &json!({"a": {"b": [1, {"aa": "long ".repeat(50)}]}, "c": [], "漢字": null}),
    ));
    exercise(&mut view(&json!("alone")));
}

#[test]
fn any_size_is_fine_and_a_huge_array_is_shown_to_its_end() {
    let mut view = of_text(&format!("[{}1]", "0,".repeat(300_000)));
    assert_eq!(view.rows.len(), 300_002);
    for (width, height) in [(0, 0), (1, 1), (3, 2), (200, 60)] {
        drawn(&mut view, width, height);
    }
    view.act(Motion::Bottom);
    assert_eq!(drawn(&mut view, 80, 3)[2], "    300000: 1");
    assert_eq!(view.position(), "[300000]");
}

#[test]
fn everything_stands_as_it_was_sent() {
    let big = "1234567890123456789012345678901234567890";
    let text = format!(r#"{{"price": 1.10, "big": {big}, "a": 1e1000, "a": -0, "\u0062": "\u00e9"}}"#);
    let mut view = of_text(&text);
    let rows = drawn(&mut view, 60, 6);
    assert_eq!(
        rows,
        [
            "▾ {5}",
            "    price: 1.10",
            &format!("    big: {big}"),
            "    a: 1e1000",
            "    a: -0",
            "    b: \"é\"",
        ]
    );
    view.act(Motion::Down);
    assert_eq!(view.copy().as_deref(), Some("1.10"));
    view.act(Motion::Top);
    assert!(
        view.copy()
            .unwrap()
            .contains("\n  \"a\": 1e1000,\n  \"a\": -0,\n")
    );
}
