//! Payloads on a test screen: viewed as another kind, piped, opened, saved; prompts that complete and remember; messages
//! that stand out; values plotted over messages.

use crate::support::screen_stand::{Bench, envelope, envelope_v0_5};
use natsbridge_app::{Decoder, Effect, TerminalEffect, WorkEffect};
use natsbridge_wire::Kind;

fn bench() -> Bench {
    let mut bench = Bench::new(120, 40);
    for temp in [20, 21, 25] {
        let data = format!(r#"{{"data": {{"temp": {temp}}}, "note": "grape"}}"#);
        let text = envelope("mpy-7", &[("reading", "json", data.as_bytes())]);
        bench.arrive("/dev/sensor", text.as_bytes());
    }
    bench.arrive(
        "/chat/room1",
        envelope("web-ui", &[("message", "text", b"Hello")]).as_bytes(),
    );
    bench
}

fn text(bench: &mut Bench) -> String {
    bench.screen().join("\n")
}

#[test]
fn a_payload_is_viewed_as_another_kind() {
    let mut bench = bench();
    bench.keys("Enter V");
    let picker = text(&mut bench);
    assert!(picker.contains("View as") && picker.contains("● now"), "{picker}");
    bench.keys("PgDn Enter");
    let hex = text(&mut bench);
    assert!(
        hex.contains("message.txt as binary") && hex.contains("48 65 6c 6c 6f"),
        "{hex}"
    );
    bench.keys("Esc V");
    bench.keys("Down Down Enter");
    let table = text(&mut bench);
    assert!(
        table.contains("message.txt as table") && table.contains("✖"),
        "{table}"
    );
}

#[test]
fn without_a_message_it_says_what_to_do() {
    let mut bench = Bench::new(80, 24);
    for keys in ["V", "e", "|", "w", "="] {
        bench.keys(keys);
        let shown = text(&mut bench);
        assert!(shown.contains("Select a message first"), "{keys}: {shown}");
        bench.keys("Esc");
    }
}

#[test]
fn a_payload_is_handed_to_other_programs() {
    let mut bench = bench();
    bench.keys("Enter e");
    let left = std::mem::take(&mut bench.left);
    let Some(Effect::Work(WorkEffect::OpenBeside(shown, None))) = left.last() else {
        panic!("{left:?}")
    };
    assert_eq!(
        (shown.file_name.as_str(), shown.kind),
        ("message.txt", Kind::Text)
    );
    let tools = &mut bench.workbench.state.tools;
    tools.open.push((Kind::Text, "less {{file}}".into()));
    tools.in_terminal.push(Kind::Text);
    bench.keys("e");
    assert!(matches!(
        bench.left.last(),
        Some(Effect::Terminal(TerminalEffect::OpenInTerminal(..)))
    ));
}

#[cfg(unix)]
#[test]
fn a_payload_goes_through_a_decoder_of_the_settings() {
    let mut bench = bench();
    bench.workbench.state.tools.decoders.push(Decoder {
        name: "shout".into(),
        command: "tr a-z A-Z".into(),
    });
    bench.keys("Enter |");
    let prompt = text(&mut bench);
    assert!(prompt.contains("› shout"), "{prompt}");
    bench.keys("Enter");
    let shown = text(&mut bench);
    assert!(
        shown.contains("message.txt | tr a-z A-Z") && shown.contains("HELLO"),
        "{shown}"
    );
    // Any command will do, and the last one is offered again.
    bench.keys("Esc |");
    bench.keys("C-u").type_text("wc -c");
    bench.keys("Enter");
    assert!(text(&mut bench).contains('5'));
    bench.keys("Esc |");
    assert!(text(&mut bench).contains("› wc -c"));
    bench.keys("C-u").type_text("false");
    bench.keys("Enter");
    assert!(text(&mut bench).contains("false failed"));
}

#[test]
fn a_dictionary_is_shown_as_it_was_sent() {
    let mut bench = Bench::new(120, 40);
    let data = br#"{"far": 1e1000, "price": 0.10, "twice": 1, "twice": -0, "far too": [1e1000]}"#;
    bench.arrive("t", envelope_v0_5("x", &[("odd", "dictionary", data)]).as_bytes());
    bench.keys("Enter");
    let tree = text(&mut bench);
    for row in ["far: 1e1000", "price: 0.10", "twice: 1", "twice: -0", "0: 1e1000"] {
        assert!(tree.contains(row), "{row}: {tree}");
    }
    bench.keys("f").type_text("payload.far>1000");
    bench.keys("Enter");
    assert_eq!(bench.workbench.state.messages.list.len(), 1);
}

#[test]
fn a_filter_is_completed_and_remembered() {
    let mut bench = bench();
    bench.keys("f").type_text("ki");
    assert!(text(&mut bench).contains("Tab completes"));
    bench.keys("Tab").type_text("=dic");
    bench.keys("Tab");
    assert!(text(&mut bench).contains("✓ kind=dictionary"));
    bench.keys("Enter");
    assert_eq!(bench.workbench.state.messages.list.len(), 3);
    bench.keys("f C-u").type_text("sender=w");
    bench.keys("Down Enter");
    assert!(text(&mut bench).contains("✓ sender=web-ui"));
    bench.keys("Enter f C-u Up");
    assert!(text(&mut bench).contains("✓ sender=web-ui"));
    bench.keys("Up");
    assert!(text(&mut bench).contains("✓ kind=dictionary"));
    bench.keys("Down Down");
    assert_eq!(bench.workbench.state.messages.list.len(), 4);
}

#[test]
fn columns_of_a_table_are_offered() {
    let mut bench = Bench::new(120, 40);
    let rows = br#"[{"city": "Oslo", "score": 3}, {"city": "Lima", "score": 9}]"#;
    bench.arrive("t", envelope_v0_5("x", &[("rows", "jsontable", rows)]).as_bytes());
    bench.keys("Enter f").type_text("sc");
    bench.keys("Tab").type_text(">5");
    assert!(text(&mut bench).contains("✓ score>5"));
}

#[test]
fn messages_that_fit_stand_out() {
    let mut bench = bench();
    bench.keys("*").type_text("sender=mpy-7 and");
    assert!(text(&mut bench).contains('✖'));
    bench.keys("Backspace Backspace Backspace Backspace Enter");
    let shown = text(&mut bench);
    assert_eq!(shown.matches('◆').count(), 3, "{shown}");
    assert!(shown.contains("are highlighted in accent"), "{shown}");
    bench.keys("*").type_text("sender=mpy-7");
    bench.keys("Enter");
    assert_eq!(text(&mut bench).matches('◆').count(), 0);
}

#[test]
fn a_value_is_plotted_over_the_messages_of_a_subject() {
    let mut bench = bench();
    bench.keys("g =").type_text("data.temp");
    bench.keys("Enter");
    let plot = text(&mut bench);
    assert!(plot.contains("data.temp by seconds on /dev/sensor"), "{plot}");
    assert!(plot.contains("20") && plot.contains("25"), "{plot}");
    bench.keys("Esc =");
    bench.keys("C-u").type_text("nowhere");
    bench.keys("Enter");
    assert!(text(&mut bench).contains("has a number at nowhere"));
}

#[test]
fn a_file_name_to_save_under_has_the_ending_of_its_kind() {
    let mut bench = bench();
    bench.keys("g w");
    let shown = text(&mut bench);
    assert!(shown.contains("› reading.json"), "{shown}");
}
