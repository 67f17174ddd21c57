//! The doctor on screen: the way from a broken message to its cause, mending for a peer, the problems of everything
//! received, and who could read a message before it is sent.

use crate::support::screen_stand::{Bench, envelope};
use natsbridge_app::{Effect, TerminalEffect, WorkEffect};
use natsbridge_wire::{Limits, decode_message};
use std::path::Path;

/// What a foreign program sent: fixtures of the doctor, each with what a person has to be told.
const BROKEN: [(&str, &str, &str); 8] = [
    ("base64-url-safe", "base64-url-safe", "- and _"),
    ("bad-base64", "bad-base64", "'!'"),
    ("malformed-json", "malformed-json", "invalid JSON from byte"),
    ("non-finite-number", "non-finite-number", "NaN"),
    ("arrow-truncated", "arrow-truncated", "ends inside"),
    ("table-is-json", "table-is-json", "JSON, not Arrow"),
    ("text-not-utf8", "text-not-utf8", "UTF-8"),
    ("byte-order-mark", "byte-order-mark", "byte order mark"),
];

fn fixture(code: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/checks/{code}/hit.json"));
    std::fs::read(path).unwrap()
}

fn copied(bench: &Bench) -> String {
    let copies = bench.left.iter().rev().filter_map(|effect| match effect {
        Effect::Terminal(TerminalEffect::Copy(text)) => Some(text.clone()),
        _ => None,
    });
    copies.into_iter().next().expect("something was copied")
}

#[test]
fn the_cause_is_one_key_from_the_broken_message() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for (code, name, sentence) in BROKEN {
            let mut bench = Bench::new(width, height);
            bench.chat(2);
            bench.arrive("lab.rows", &fixture(code));
            while bench.store.examine_pending() > 0 {}
            bench.keys("2 G");
            let badge = bench.shows("▲1") || bench.shows("✖1") || bench.shows("✖2") || bench.shows("▲2");
            assert!(badge, "{code}: no badge at {width}×{height}");
            bench.keys("Enter").assert_shows(name);
            let text = bench.screen().join(" ");
            let words: Vec<&str> = text
                .split([' ', '│', '▌'])
                .filter(|word| !word.is_empty())
                .collect();
            assert!(
                words.join(" ").contains(sentence),
                "{code} at {width}×{height} does not say {sentence}:\n{}",
                bench.screen().join("\n")
            );
        }
    }
}

#[test]
fn a_good_message_opens_on_its_payload() {
    let mut bench = Bench::new(120, 40);
    bench.chat(1);
    while bench.store.examine_pending() > 0 {}
    bench.keys("2 G Enter").assert_shows("Hello 0");
}

#[test]
fn a_message_is_mended_for_a_peer_and_edited_or_copied() {
    let mut bench = Bench::new(120, 40);
    bench.keys("M").assert_shows("Select an envelope first");
    let text =
        envelope("web-ui", &[("rows", "json", b"[{\"a\":1}]")]).replace("W3siYSI6MX1d", "W3siYSI6MX1d\\n");
    bench.arrive("/chat/room1", text.as_bytes());
    bench.keys("2 G M").assert_shows("Mend for");
    bench.assert_shows("Julia 0.5            cannot read it");
    // The first that does not get all of it is chosen; the next is Julia 0.5.
    bench.keys("Down Enter").assert_shows("rewritten for Julia 0.5");
    for shown in [
        "✔ Julia 0.5 reads all of this.",
        "- correlationId, msgId, sendTo",
        "+ correlation_id, msg_id, send_to",
        "- \"json\"",
        "+ \"dictionary\"",
        "R edit and send",
        "Y copy",
    ] {
        bench.assert_shows(shown);
    }
    bench.keys("Y");
    let copy = copied(&bench);
    assert!(copy.starts_with("{\"correlation_id\":"), "{copy}");
    let mended = decode_message(&copy.into_bytes().into(), "/chat/room1", &Limits::DEFAULT);
    assert_eq!(mended.payloads[0].dataname, "rows");
    bench.keys("R");
    assert!(!bench.shows("rewritten for"), "the sheet makes room for Compose");
    bench.assert_shows("v0.5");
    // Another message on top: copying means that one again.
    bench.keys("2 Y");
    assert!(copied(&bench).starts_with("{\"correlationId\":"));
}

#[test]
fn what_cannot_be_mended_says_why() {
    let mut bench = Bench::new(120, 40);
    bench.arrive("lab.rows", &fixture("bad-base64"));
    bench
        .keys("2 G M Enter")
        .assert_shows("cannot be rewritten: The data is not valid");
}

#[test]
fn problems_are_put_together_gone_to_and_written() {
    let mut bench = Bench::new(120, 40);
    bench.keys("D").assert_shows("No messages examined yet.");
    bench.keys("Esc");
    bench.chat(2);
    bench.arrive("lab.rows", &fixture("bad-base64"));
    bench.arrive("lab.rows", &fixture("base64-url-safe"));
    bench.arrive("lab.other", &fixture("base64-url-safe"));
    while bench.store.examine_pending() > 0 {}
    bench
        .keys("D")
        .assert_shows("Problems by code · 5 messages examined");
    bench.assert_shows("✖ bad-base64");
    bench.assert_shows("lab · 2 subjects");
    bench.assert_shows("→ Encode the payload as standard base64 with padding.");
    bench.keys("Right").assert_shows("Problems by sender");
    bench.assert_shows("✖ lab");
    bench.keys("Right").assert_shows("Problems by subject");
    bench.keys("Left Left");
    // The choice stays on its row while more is found above it.
    bench.keys("Down").assert_shows("▌ ▲ base64-url-safe");
    bench.arrive("lab.rows", &fixture("malformed-json"));
    while bench.store.examine_pending() > 0 {}
    bench.assert_shows("▌ ▲ base64-url-safe");
    bench.keys("y");
    assert!(copied(&bench).contains("| error | bad-base64 | 1 | lab | lab.rows | v0.5 |"));
    bench.keys("Enter").assert_shows("no. 5");
    bench.assert_shows("the base64 uses - and _");
    bench.keys("D w").assert_shows("Export problems to");
    bench.keys("Enter");
    let saved = bench.left.iter().any(
        |effect| matches!(effect, Effect::Work(WorkEffect::Save(path, _)) if path.ends_with("problems.json")),
    );
    assert!(saved, "{:?}", bench.left);
    bench
        .keys("D w")
        .type_text("x")
        .keys("Enter")
        .assert_shows("The file extension sets the format");
}

#[test]
fn an_example_that_is_gone_or_hidden_says_so() {
    let limits = Limits {
        store_messages: 2,
        ..Limits::default()
    };
    let mut bench = Bench::with(120, 40, limits);
    bench.arrive("lab.rows", &fixture("bad-base64"));
    while bench.store.examine_pending() > 0 {}
    bench.chat(3);
    while bench.store.examine_pending() > 0 {}
    bench
        .keys("D Enter")
        .assert_shows("That message is no longer kept");
    bench.keys("Esc");
    bench.arrive("lab.rows", &fixture("malformed-json"));
    while bench.store.examine_pending() > 0 {}
    bench.keys("2 f").type_text("chat").keys("Enter D Down Enter");
    bench.assert_shows("That message is filtered out");
}

#[test]
fn who_can_read_it_is_told_before_it_is_sent() {
    let mut bench = Bench::new(120, 60);
    bench.arrive(
        "/chat/room1",
        envelope("web-ui", &[("m", "text", b"Hello")]).as_bytes(),
    );
    bench.keys("2 G R z");
    bench.wait(500);
    bench.wait(500);
    bench.assert_shows("of 7 peers can read all of it");
    bench.assert_shows("✖ Julia 0.5 · JavaScript, node · JavaScript, browser · Python");
}
