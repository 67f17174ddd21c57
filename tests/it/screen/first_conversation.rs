//! A new user's first conversation, from an empty screen and with keys alone, in a real terminal beside a Python peer.

use crate::support::binary::{Folder, Peer, sha256};
use crate::support::real;
use crate::support::servers::nats_server;
use crate::support::tmux::Tmux;
use serde_json::{Value, json};

const ROWS: &str = "day,city,temp,ok\n2026-11-01,Oslo,3.5,true\n2026-11-02,Lima,19,false\n";
const PICTURE: &[u8] = include_bytes!("../../../assets/demo/evening.png");

/// Typed text, pasted JSON, a CSV and a picture from files.
fn add_four_payloads(tmux: &Tmux) {
    for (text, pasted) in [
        ("Grüße from a person", false),
        (r#"{"wish": "rain", "litres": 3}"#, true),
    ] {
        tmux.press(&["a"]);
        tmux.wait_for("Add a payload");
        tmux.press(&["Enter"]);
        tmux.wait_for("writing");
        if pasted {
            tmux.paste(text);
        } else {
            tmux.text(text);
        }
        tmux.wait_for(text);
        tmux.press(&["Escape"]);
        tmux.wait_until("the form", |screen| !screen.contains("writing"));
    }
    for (typed, whole) in [("ro", "rows.csv"), ("ca", "cat.png")] {
        tmux.press(&["a"]);
        tmux.wait_for("Add a payload");
        tmux.press(&["Down", "Enter"]);
        tmux.wait_for("Payload file");
        tmux.text(typed);
        tmux.wait_for(whole);
        tmux.press(&["Tab", "Enter"]);
        tmux.wait_until("the form", |screen| !screen.contains("Payload file"));
    }
}

fn the_peer_has_all_four(peer: &Peer) {
    let told: Vec<Value> = (0..4)
        .map(|_| serde_json::from_str(&peer.out.wait_for("kind")).unwrap())
        .collect();
    assert_eq!(told[0]["value"], "Grüße from a person");
    assert_eq!(told[1]["kind"], "dictionary");
    assert_eq!(told[1]["value"], json!({"wish": "rain", "litres": 3}));
    assert_eq!(
        told[2]["types"],
        json!(["date32[day]", "string", "double", "bool"])
    );
    let rows = json!([
        {"day": "2026-11-01", "city": "Oslo", "temp": 3.5, "ok": true},
        {"day": "2026-11-02", "city": "Lima", "temp": 19.0, "ok": false},
    ]);
    assert_eq!(told[2]["value"], rows);
    assert_eq!(told[3]["kind"], "image");
    assert_eq!(told[3]["value"], sha256(PICTURE));
}

#[test]
fn a_new_user_sends_four_kinds_by_keys_and_answers_a_question() {
    let (Some(mut python), Some(server)) = (real::python(), nats_server()) else {
        return;
    };
    let folder = Folder::new();
    std::fs::write(folder.path().join("rows.csv"), ROWS).unwrap();
    std::fs::write(folder.path().join("cat.png"), PICTURE).unwrap();
    let url = server.url();
    let Some(tmux) = Tmux::open((120, 40), folder.path(), &["watch", "-s", &url]) else {
        return;
    };
    let script = real::peer("correspondent.py");
    let peer = Peer::start(
        python
            .arg(script)
            .args([&url, "/desk/in", "/desk/questions", "/desk/answers"]),
    );
    peer.out.wait_for("ready");

    // The subject, and that an answer is waited for.
    tmux.wait_for("● nats://");
    tmux.press(&["c"]);
    tmux.wait_for("Compose ─ typing");
    tmux.text("/desk/in");
    tmux.press(&["Escape"]);
    tmux.wait_for("/desk/in");
    tmux.press(&["Down", "Down", "Down", "Down", "Space"]);
    tmux.wait_for("waits for replies");

    add_four_payloads(&tmux);

    // The plan says what will go out, then it goes.
    tmux.press(&["z"]);
    let plan = tmux.wait_until("the plan of four payloads", |screen| {
        ["direct · ", " of 1.05 MB", "@rows.csv", "2 rows", "@cat.png"]
            .iter()
            .all(|part| screen.contains(part))
    });
    assert!(plan.contains("received by our 1 subscription"), "{plan}");
    tmux.press(&["S"]);
    tmux.wait_for("1 reply in");
    tmux.press(&["z"]);

    the_peer_has_all_four(&peer);

    // Its question is answered from the message itself.
    tmux.press(&["2", "G"]);
    tmux.wait_for("What is the capital of Peru?");
    tmux.press(&["r"]);
    tmux.wait_for("/desk/answers");
    tmux.press(&["a"]);
    tmux.wait_for("Add a payload");
    tmux.press(&["Enter"]);
    tmux.wait_for("writing");
    tmux.text("Lima");
    tmux.press(&["Escape"]);
    tmux.wait_until("the form", |screen| !screen.contains("writing"));
    tmux.press(&["S"]);
    tmux.wait_for("flushed to the broker");
    let answer: Value = serde_json::from_str(&peer.out.wait_for("answer")).unwrap();
    assert_eq!(answer["answer"], "Lima");
    assert_eq!(peer.code(), Some(0));

    // Both conversations stand in the timeline with their latency; on a busy machine the person's answer comes after the
    // 5 s that make one late.
    tmux.press(&["4", "z"]);
    let timed = |row: &&str| {
        [" ms ", " µs ", " s ", " instant "]
            .iter()
            .any(|unit| row.contains(unit))
    };
    tmux.wait_until("two answered conversations with their latency", |screen| {
        let rows: Vec<&str> = screen
            .lines()
            .filter(|line| line.contains("corres"))
            .filter(|line| line.ends_with("answered ✔ │") || line.ends_with("late ▲ │"))
            .collect();
        rows.len() == 2 && rows.iter().all(timed)
    });

    // What was sent is no loss: nothing is asked.
    tmux.press(&["z", "q"]);
    tmux.wait_for_the_end();
}
