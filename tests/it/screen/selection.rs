//! The selected message stays selected and looked at, whatever the list shows meanwhile; workers judge the list, and a
//! frame loses nothing of what is to be done.

use crate::support::screen_stand::{Bench, envelope};
use natsbridge_app::{Effect, MessagesMsg, Msg, WorkEffect};
use natsbridge_ui::sift;

/// Texts, with one dictionary among them; its number, and that of the last one.
fn mixed() -> (Bench, u64, u64) {
    let mut bench = Bench::new(120, 40);
    bench.chat(4);
    dictionary(&mut bench);
    let one = bench.store.range().end - 1;
    bench.chat(4);
    bench.wait(500);
    let last = bench.store.range().end - 1;
    (bench, one, last)
}

fn dictionary(bench: &mut Bench) {
    let text = envelope("web-ui", &[("settings", "dictionary", br#"{"pump": 7}"#)]);
    bench.arrive("device.cmd", text.as_bytes());
}

/// The message selected, if it is the one looked at.
fn looked_at(bench: &mut Bench) -> Option<u64> {
    bench.screen();
    let state = &bench.workbench.state;
    let opened = state.inspector.opened.as_ref().map(|opened| opened.stored.seq);
    opened.filter(|seq| state.messages.selected == Some(*seq))
}

/// Types one letter after the other as people do, and looks after each.
fn types(bench: &mut Bench, text: &str, seq: u64) {
    for (at, letter) in text.char_indices() {
        bench.type_text(&letter.to_string());
        assert_eq!(looked_at(bench), Some(seq), "after {:?}", &text[..=at]);
    }
}

fn erases(bench: &mut Bench, letters: usize, seq: u64) {
    for _ in 0..letters {
        bench.keys("Backspace");
        assert_eq!(looked_at(bench), Some(seq));
    }
}

#[test]
fn a_filter_typed_letter_by_letter_keeps_the_message_selected() {
    let (mut bench, one, _) = mixed();
    bench.keys("Up Up Up Up");
    assert_eq!(looked_at(&mut bench), Some(one));
    let before = bench.screen();
    bench.keys("f");
    // Half of that matches nothing, or is no filter yet.
    types(&mut bench, "kind=dictionary", one);
    assert_eq!(bench.workbench.state.messages.list.len(), 1);
    bench.assert_shows("pump");
    erases(&mut bench, 10, one);
    types(&mut bench, "text", one);
    assert!(!bench.workbench.state.messages.list.holds(one));
    bench.assert_shows("the selected message is filtered out");
    bench.assert_shows("pump");
    bench.keys("Enter");
    assert_eq!(looked_at(&mut bench), Some(one));
    bench.keys("Esc");
    assert_eq!(looked_at(&mut bench), Some(one), "Esc clears the filter");
    assert_eq!(bench.screen(), before, "all is as it was");
}

#[test]
fn a_filter_given_up_leaves_everything_as_it_was() {
    let (mut bench, one, _) = mixed();
    bench.keys("Up Up Up Up f").type_text("kind=dictionary");
    bench.keys("Enter");
    let before = bench.screen();
    bench.keys("f");
    erases(&mut bench, 15, one);
    types(&mut bench, "subject=/nowhere", one);
    assert!(bench.workbench.state.messages.list.is_empty());
    bench.assert_shows("pump");
    bench.keys("Esc");
    assert_eq!(looked_at(&mut bench), Some(one));
    assert_eq!(bench.screen(), before);
}

#[test]
fn from_a_message_filtered_out_one_goes_to_its_neighbours() {
    for (key, by) in [("Down", 1), ("Up", -1)] {
        let (mut bench, one, _) = mixed();
        bench.keys("Up Up Up Up f").type_text("kind=text");
        bench.keys("Enter");
        assert_eq!(looked_at(&mut bench), Some(one));
        bench.keys(key);
        assert_eq!(looked_at(&mut bench), one.checked_add_signed(by));
    }
}

#[test]
fn while_following_the_newest_that_matches_is_selected() {
    let (mut bench, one, last) = mixed();
    bench.keys("f");
    types(&mut bench, "kind=", last);
    bench.type_text("dictionary").wait(500);
    assert_eq!(looked_at(&mut bench), Some(one));
    bench.keys("Esc").wait(500);
    assert_eq!(looked_at(&mut bench), Some(last));
    assert!(bench.workbench.state.messages.following());
    bench.keys("f").type_text("subject=/nowhere").wait(500);
    assert_eq!(
        looked_at(&mut bench),
        Some(last),
        "what matches nothing takes nothing away"
    );
}

#[test]
fn a_message_that_is_looked_into_stays_there() {
    for keys in ["3", "Tab", "z 3"] {
        let (mut bench, _, last) = mixed();
        bench.keys(keys).wait(500);
        bench.chat(3);
        bench.wait(500);
        assert_eq!(looked_at(&mut bench), Some(last), "{keys}");
        bench.keys("2 Space").wait(500);
        assert_eq!(looked_at(&mut bench), Some(last + 3), "{keys}");
    }
    let mut bench = Bench::new(120, 40);
    bench.keys("3");
    bench.chat(1);
    assert!(
        bench.workbench.state.messages.following(),
        "there was nothing to look into"
    );
}

#[test]
fn a_slow_filter_takes_nothing_away_and_late_results_are_dropped() {
    let (mut bench, one, _) = mixed();
    bench.keys("Up Up Up Up");
    bench.slow_filter = true;
    bench.keys("f");
    types(&mut bench, "kind=dictionary", one);
    erases(&mut bench, 10, one);
    types(&mut bench, "text", one);
    assert!(bench.workbench.state.messages.list.is_scanning());
    let sifts = std::mem::take(&mut bench.sifts);
    let (latest, earlier) = sifts.split_last().expect("filters are evaluated elsewhere");
    assert!(!earlier.is_empty());
    for request in earlier {
        let sifted = sift(&bench.store, request);
        bench.told(Msg::Messages(MessagesMsg::Sifted(sifted)));
        assert!(bench.workbench.state.messages.list.is_empty(), "{request:?}");
    }
    let sifted = sift(&bench.store, latest);
    bench.told(Msg::Messages(MessagesMsg::Sifted(sifted)));
    let list = &bench.workbench.state.messages.list;
    assert_eq!((list.len(), list.is_scanning()), (8, false));
    assert_eq!(looked_at(&mut bench), Some(one));
}

/// One frame, and what is to be done after it.
fn frame(bench: &mut Bench) -> Vec<Effect> {
    let (workbench, mut effects) = (&mut bench.workbench, vec![]);
    bench
        .terminal
        .draw(|frame| effects = workbench.frame(frame))
        .expect("it draws");
    effects
}

#[test]
fn a_row_is_drawn_undecided_until_a_worker_has_looked_at_it() {
    let (mut bench, one, _) = mixed();
    bench.screen();
    bench.keys(":").type_text("highlight kind=dictionary");
    bench.keys("Enter");
    let colour = |bench: &Bench| {
        let messages = &bench.workbench.state.messages;
        messages.rows.stands_out(one, &messages.highlights)
    };
    let effects = frame(&mut bench);
    assert!(effects.iter().any(
        |effect| matches!(effect, Effect::Work(WorkEffect::Describe(wanted)) if wanted.seqs.contains(&one))
    ));
    assert_eq!(colour(&bench), None, "the frame itself decides nothing");
    assert_eq!(frame(&mut bench), vec![], "it is asked for once");
    bench.run(effects);
    assert!(colour(&bench).is_some());
}

#[test]
fn a_plan_that_is_due_when_a_frame_is_drawn_is_made() {
    let mut bench = Bench::new(120, 40);
    bench.keys("c").type_text("/chat/room1");
    bench.keys("Esc a Enter").type_text("Hello");
    bench.keys("Esc").screen();
    assert!(!bench.workbench.state.compose.planning.is_current());
    // No key, no message, no tick until then: the frame itself comes upon it.
    bench.workbench.state.now_us += 500_000;
    let effects = frame(&mut bench);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Work(WorkEffect::Compose(_)))),
        "{effects:?}"
    );
    bench.run(effects);
    assert!(bench.workbench.state.compose.planning.is_current());
    bench.assert_shows("Hello");
}
