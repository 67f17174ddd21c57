//! A peer that writes as our own library does: every spelling side by side.

use bytes::Bytes;
use serde_json::json;

use crate::demo::foreign_envelope::{Language, Sender};
use crate::demo::scene::{Outgoing, Peer, Scene};
use natsbridge_wire::Dialect;

const OURS: Sender = Sender {
    name: "rs-bridge",
    id: "7f3a91c2-3b7d-4c55-a1f0-6c2e8d9b4410",
    dialect: Dialect::Universal,
    language: Language::Rust,
};

pub const PEER: Peer = Peer {
    name: "rs-bridge (NATSBridge Workbench)",
    pause_ms: (900, 2_600),
    opening: 4,
    scripts: &[(4, weather), (1, film), (1, everything), (2, linked_film)],
};

fn weather(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(OURS, "/data/weather");
    envelope.payloads = vec![
        OURS.text("note", "Four stations, 24 hours"),
        OURS.direct("weather", "table", scene.assets.weather),
    ];
    vec![scene.send(OURS, &envelope)]
}

fn film(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(OURS, "/chat/room1");
    envelope.payloads = vec![
        OURS.text("message", "The same evening, in motion."),
        OURS.direct("sunset.mp4", "video", scene.assets.clip),
    ];
    vec![scene.send(OURS, &envelope)]
}

/// For one receiver: whoever fetches it first consumes it.
fn linked_film(scene: &mut Scene) -> Vec<Outgoing> {
    let film = scene.link_once("evening.mp4", "video", Bytes::from_static(scene.assets.clip));
    let mut envelope = scene.envelope(OURS, "/chat/room2");
    envelope.payloads = vec![
        OURS.text(
            "message",
            "The film is on the file server, for the first who takes it.",
        ),
        film,
    ];
    vec![scene.send(OURS, &envelope)]
}

/// All eight kinds in one message.
fn everything(scene: &mut Scene) -> Vec<Outgoing> {
    let noise: Vec<u8> = (0..200).map(|_| scene.random.bits() as u8).collect();
    let mut envelope = scene.envelope(OURS, "/demo/everything");
    envelope.payloads = vec![
        OURS.text("text", "One of each kind"),
        OURS.json(
            "dictionary",
            "dictionary",
            &json!({"nested": {"list": [1, 2.5, null, "ü"], "empty": {}}}),
        ),
        OURS.direct("table", "table", scene.assets.weather),
        OURS.json(
            "jsontable",
            "jsontable",
            &json!([{"a": 1, "b": "x"}, {"a": null, "b": "y"}]),
        ),
        OURS.direct("image", "image", scene.assets.sunset),
        OURS.direct("audio", "audio", scene.assets.chime),
        OURS.direct("video", "video", scene.assets.clip),
        OURS.direct("binary", "binary", &noise),
    ];
    vec![scene.send(OURS, &envelope)]
}
