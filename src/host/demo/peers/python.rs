//! The edge gateway in Python: an old copy with the document's field names, and a newer one (v0.4.3).

use serde_json::json;

use crate::demo::foreign_envelope::{Language, Sender};
use crate::demo::scene::{Outgoing, Peer, Scene};
use natsbridge_wire::Dialect;

const EDGE: Sender = Sender {
    name: "py-edge",
    id: "9a1f6c0e-52d4-4b8b-8a65-7e0c41f3d9aa",
    dialect: Dialect::Readme,
    language: Language::Python,
};
const MARKET: Sender = Sender {
    name: "py-market",
    id: "c7d84a13-60be-4e0f-b6a2-2f95d1e8703b",
    dialect: Dialect::V0_4_3,
    language: Language::Python,
};

/// What the device is asked for, the usual thing most often; it refuses one, ignores one and repeats itself once.
const ACTIONS: &[&str] = &[
    "read_sensor",
    "read_sensor",
    "read_sensor",
    "read_sensor",
    "set_interval",
    "open_valve",
    "sleep",
    "read_twice",
];

pub const PEER: Peer = Peer {
    name: "py-edge (Python)",
    pause_ms: (300, 900),
    opening: 4,
    scripts: &[(8, command), (2, prices), (1, avatar), (1, configuration)],
};

fn command(scene: &mut Scene) -> Vec<Outgoing> {
    let action = *scene.random.pick(ACTIONS);
    let mut envelope = scene.envelope(EDGE, "/device/cmd");
    envelope.receiver = "mpy-7";
    "/device/resp".clone_into(&mut envelope.reply_to);
    envelope.payloads = vec![EDGE.json("command", "dictionary", &json!({"action": action, "pin": 4}))];
    vec![scene.send(EDGE, &envelope)]
}

fn prices(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(MARKET, "/data/prices");
    envelope.payloads = vec![MARKET.direct("prices", "table", scene.assets.prices)];
    vec![scene.send(MARKET, &envelope)]
}

/// As the document's own example does it: a picture sent as `binary`.
fn avatar(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(EDGE, "/chat/mixed");
    envelope.payloads = vec![
        EDGE.text("message_text", "Hello with image!"),
        EDGE.direct("user_avatar", "binary", scene.assets.avatar),
    ];
    vec![scene.send(EDGE, &envelope)]
}

fn configuration(scene: &mut Scene) -> Vec<Outgoing> {
    let interval = scene.random.between(5, 120);
    let config = json!({
        "wifi_ssid": "MyNetwork",
        "update_interval": interval,
        "sensors": [{"pin": 4, "kind": "temperature"}, {"pin": 5, "kind": "humidity", "offset": -1.5}],
        "upload": {"enabled": true, "url": null},
    });
    let mut envelope = scene.envelope(EDGE, "/device/config");
    envelope.payloads = vec![EDGE.json("config", "dictionary", &config)];
    vec![scene.send(EDGE, &envelope)]
}
