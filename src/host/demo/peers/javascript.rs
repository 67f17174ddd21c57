//! The web chat: a current browser page (v0.5) and an old one (v0.4).

use bytes::Bytes;
use serde_json::json;

use crate::demo::asset;
use crate::demo::letter::{Language, Voice};
use crate::demo::stage::{Outgoing, Peer, Stage};
use natsbridge_wire::Dialect;

const WEB: Voice = Voice {
    name: "web-ui",
    id: "4be0d2a6-8c5f-4f0e-9d3c-0f7e6a51c2b8",
    dialect: Dialect::V0_5,
    language: Language::JavaScript,
};
const OLD_WEB: Voice = Voice {
    name: "web-old",
    dialect: Dialect::V0_4,
    ..WEB
};

const LINES: &[&str] = &[
    "Good morning! ☀️",
    "Is the 24-row table from last night complete?",
    "Yes, one missing temperature at 13:00.",
    "Grüße aus Zürich",
    "สวัสดีครับ, the new sensor is up",
    "Can somebody look at valve 3?",
    "Tokaji for the team dinner, or the Koshu?",
    "今日はいい天気ですね",
    "The picture is from the roof camera.",
    "👍",
    "Julia says the median moved by 0.2",
    "One line\nand another, because people do that.",
];

pub const PEER: Peer = Peer {
    name: "web-ui (JavaScript)",
    pause_ms: (200, 700),
    opening: 7,
    scenes: &[
        (10, room1),
        (1, picture),
        (1, linked_picture),
        (5, room2),
        (1, mixed),
        (1, rows),
        (1, voice_note),
    ],
};

fn room1(stage: &mut Stage) -> Vec<Outgoing> {
    let line = *stage.random.pick(LINES);
    let mut letter = stage.letter(WEB, "/chat/room1");
    letter.parts = vec![WEB.text("message", line)];
    let id = letter.msg_id.clone();
    vec![stage.send(WEB, &letter).header("Nats-Msg-Id", id)]
}

fn room2(stage: &mut Stage) -> Vec<Outgoing> {
    let line = *stage.random.pick(LINES);
    let mut letter = stage.letter(OLD_WEB, "/chat/room2");
    letter.parts = vec![OLD_WEB.text("message", line)];
    vec![stage.send(OLD_WEB, &letter)]
}

fn picture(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(WEB, "/chat/room1");
    letter.parts = vec![
        WEB.text("message", "From the roof just now:"),
        WEB.direct("sunset.png", "image", asset::SUNSET),
    ];
    vec![stage.send(WEB, &letter)]
}

fn linked_picture(stage: &mut Stage) -> Vec<Outgoing> {
    let picture = stage.link("roof camera ☀.png", "image", Bytes::from_static(asset::SUNSET));
    let mut letter = stage.letter(WEB, "/chat/room1");
    letter.parts = vec![WEB.text("message", "Here it is as a link:"), picture];
    vec![stage.send(WEB, &letter)]
}

fn mixed(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(WEB, "/chat/room1");
    letter.parts = vec![
        WEB.text(
            "message",
            "My list for Friday, with a picture of the hills they grow on.",
        ),
        WEB.direct("wines", "table", asset::WINE),
        WEB.direct("hills.png", "image", asset::SUNSET),
    ];
    vec![stage.send(WEB, &letter)]
}

fn rows(stage: &mut Stage) -> Vec<Outgoing> {
    let users: Vec<_> = ["Ada", "Grace", "Łucja", "Ünïcøde", "さくら"]
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let score = if at == 1 {
                json!(null)
            } else {
                json!(stage.random.tenths(1, 99))
            };
            json!({"id": at + 1, "name": name, "score": score, "online": at % 2 == 0})
        })
        .collect();
    let mut letter = stage.letter(WEB, "/data/daily");
    letter.parts = vec![WEB.json("users", "jsontable", &json!(users))];
    vec![stage.send(WEB, &letter)]
}

fn voice_note(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(OLD_WEB, "/chat/room2");
    letter.parts = vec![OLD_WEB.direct("note.wav", "audio", asset::CHIME)];
    vec![stage.send(OLD_WEB, &letter)]
}
