//! A peer that writes as our own library does: every spelling side by side.

use bytes::Bytes;
use serde_json::json;

use crate::demo::asset;
use crate::demo::letter::{Language, Voice};
use crate::demo::stage::{Outgoing, Peer, Stage};
use natsbridge_wire::Dialect;

const OURS: Voice = Voice {
    name: "rs-bridge",
    id: "7f3a91c2-3b7d-4c55-a1f0-6c2e8d9b4410",
    dialect: Dialect::Universal,
    language: Language::Rust,
};

pub const PEER: Peer = Peer {
    name: "rs-bridge (NATSBridge Workbench)",
    pause_ms: (900, 2_600),
    opening: 4,
    scenes: &[(4, weather), (1, film), (1, everything), (2, linked_film)],
};

fn weather(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(OURS, "/data/weather");
    letter.parts = vec![
        OURS.text("note", "Four stations, 24 hours"),
        OURS.direct("weather", "table", asset::WEATHER),
    ];
    vec![stage.send(OURS, &letter)]
}

fn film(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(OURS, "/chat/room1");
    letter.parts = vec![
        OURS.text("message", "The same evening, in motion."),
        OURS.direct("sunset.mp4", "video", asset::CLIP),
    ];
    vec![stage.send(OURS, &letter)]
}

/// For one receiver: whoever fetches it first consumes it.
fn linked_film(stage: &mut Stage) -> Vec<Outgoing> {
    let film = stage.link_once("evening.mp4", "video", Bytes::from_static(asset::CLIP));
    let mut letter = stage.letter(OURS, "/chat/room2");
    letter.parts = vec![
        OURS.text(
            "message",
            "The film is on the file server, for the first who takes it.",
        ),
        film,
    ];
    vec![stage.send(OURS, &letter)]
}

/// All eight kinds in one message.
fn everything(stage: &mut Stage) -> Vec<Outgoing> {
    let noise: Vec<u8> = (0..200).map(|_| stage.random.bits() as u8).collect();
    let mut letter = stage.letter(OURS, "/demo/everything");
    letter.parts = vec![
        OURS.text("text", "One of each kind"),
        OURS.json(
            "dictionary",
            "dictionary",
            &json!({"nested": {"list": [1, 2.5, null, "ü"], "empty": {}}}),
        ),
        OURS.direct("table", "table", asset::WEATHER),
        OURS.json(
            "jsontable",
            "jsontable",
            &json!([{"a": 1, "b": "x"}, {"a": null, "b": "y"}]),
        ),
        OURS.direct("image", "image", asset::SUNSET),
        OURS.direct("audio", "audio", asset::CHIME),
        OURS.direct("video", "video", asset::CLIP),
        OURS.direct("binary", "binary", &noise),
    ];
    vec![stage.send(OURS, &letter)]
}
