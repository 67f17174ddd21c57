//! The web chat: a current browser page (v0.5) and an old one (v0.4).

use bytes::Bytes;
use serde_json::json;

use crate::demo::foreign_envelope::{Language, Sender};
use crate::demo::scene::{Outgoing, Peer, Scene};
use natsbridge_wire::Dialect;

const WEB: Sender = Sender {
    name: "web-ui",
    id: "4be0d2a6-8c5f-4f0e-9d3c-0f7e6a51c2b8",
    dialect: Dialect::V0_5,
    language: Language::JavaScript,
};
const OLD_WEB: Sender = Sender {
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
    scripts: &[
        (10, room1),
        (1, picture),
        (1, linked_picture),
        (5, room2),
        (1, mixed),
        (1, rows),
        (1, voice_note),
    ],
};

fn room1(scene: &mut Scene) -> Vec<Outgoing> {
    let line = *scene.random.pick(LINES);
    let mut envelope = scene.envelope(WEB, "/chat/room1");
    envelope.payloads = vec![WEB.text("message", line)];
    let id = envelope.msg_id.clone();
    vec![scene.send(WEB, &envelope).header("Nats-Msg-Id", id)]
}

fn room2(scene: &mut Scene) -> Vec<Outgoing> {
    let line = *scene.random.pick(LINES);
    let mut envelope = scene.envelope(OLD_WEB, "/chat/room2");
    envelope.payloads = vec![OLD_WEB.text("message", line)];
    vec![scene.send(OLD_WEB, &envelope)]
}

fn picture(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(WEB, "/chat/room1");
    envelope.payloads = vec![
        WEB.text("message", "From the roof just now:"),
        WEB.direct("sunset.png", "image", scene.assets.sunset),
    ];
    vec![scene.send(WEB, &envelope)]
}

fn linked_picture(scene: &mut Scene) -> Vec<Outgoing> {
    let picture = scene.link(
        "roof camera ☀.png",
        "image",
        Bytes::from_static(scene.assets.sunset),
    );
    let mut envelope = scene.envelope(WEB, "/chat/room1");
    envelope.payloads = vec![WEB.text("message", "Here it is as a link:"), picture];
    vec![scene.send(WEB, &envelope)]
}

fn mixed(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(WEB, "/chat/room1");
    envelope.payloads = vec![
        WEB.text(
            "message",
            "My list for Friday, with a picture of the hills they grow on.",
        ),
        WEB.direct("wines", "table", scene.assets.wine),
        WEB.direct("hills.png", "image", scene.assets.sunset),
    ];
    vec![scene.send(WEB, &envelope)]
}

fn rows(scene: &mut Scene) -> Vec<Outgoing> {
    let users: Vec<_> = ["Ada", "Grace", "Łucja", "Ünïcøde", "さくら"]
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let score = if at == 1 {
                json!(null)
            } else {
                json!(scene.random.tenths(1, 99))
            };
            json!({"id": at + 1, "name": name, "score": score, "online": at % 2 == 0})
        })
        .collect();
    let mut envelope = scene.envelope(WEB, "/data/daily");
    envelope.payloads = vec![WEB.json("users", "jsontable", &json!(users))];
    vec![scene.send(WEB, &envelope)]
}

fn voice_note(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(OLD_WEB, "/chat/room2");
    envelope.payloads = vec![OLD_WEB.direct("note.wav", "audio", scene.assets.chime)];
    vec![scene.send(OLD_WEB, &envelope)]
}
