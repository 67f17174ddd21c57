//! The shape of a subject on screen: its fields, what changed, who differs; and a change in badges, findings and Problems.

use crate::support::screen_stand::{Bench, envelope};

/// A bench that learned from many messages, the last but one of which has another type.
fn learned(width: u16, height: u16) -> Bench {
    let mut bench = Bench::new(width, height);
    bench.store.learn_shapes();
    for at in 0..24 {
        let body = format!("{{\"rate\": {at}.5, \"mode\": \"fast\"}}");
        bench.arrive(
            "lab.config",
            envelope("py-lab", &[("config", "dictionary", body.as_bytes())]).as_bytes(),
        );
    }
    let changed = envelope(
        "py-lab",
        &[("config", "dictionary", b"{\"rate\": \"9\", \"mode\": \"fast\"}")],
    );
    bench.arrive("lab.config", changed.as_bytes());
    let other = envelope(
        "jl-lab",
        &[("config", "dictionary", b"{\"rate\": 7, \"mode\": \"fast\"}")],
    );
    bench.arrive("lab.config", other.as_bytes());
    while bench.store.examine_pending() > 0 {}
    bench
}

#[test]
fn a_change_is_told_by_badge_findings_problems_and_the_shape() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut bench = learned(width, height);
        bench.keys("2 G Z").assert_shows("Shape of lab.config");
        bench.assert_shows("config.rate");
        bench.assert_shows("number → string");
        bench.keys("Enter").assert_shows("shape-type-changed");
        bench.keys("D").assert_shows("shape-type-changed");
    }
    let mut bench = learned(120, 40);
    bench.keys("2 G Z").assert_shows("26 messages of 2 senders");
    bench
        .keys("Down Down")
        .assert_shows("py-lab: number or string · jl-lab: integer");
    bench.assert_shows("config.mode");
    bench.keys("Enter").assert_shows("this is a field");
    bench.keys("Esc");
    assert!(!bench.shows("Shape of"));
}

#[test]
fn without_a_message_it_says_what_to_do() {
    let mut bench = Bench::new(80, 24);
    bench
        .keys("2 Z")
        .assert_shows("Select a message or a subject first");
    bench.chat(1);
    bench.keys("2 G Z").assert_shows("Nothing is known");
}
