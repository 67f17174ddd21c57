//! The edge gateway in Python: an old copy with the document's field names, and a newer one (v0.4.3).

use serde_json::json;

use crate::demo::asset;
use crate::demo::letter::{Language, Voice};
use crate::demo::stage::{Outgoing, Peer, Stage};
use natsbridge_wire::Dialect;

const EDGE: Voice = Voice {
    name: "py-edge",
    id: "9a1f6c0e-52d4-4b8b-8a65-7e0c41f3d9aa",
    dialect: Dialect::Readme,
    language: Language::Python,
};
const MARKET: Voice = Voice {
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
    scenes: &[(8, command), (2, prices), (1, avatar), (1, configuration)],
};

fn command(stage: &mut Stage) -> Vec<Outgoing> {
    let action = *stage.random.pick(ACTIONS);
    let mut letter = stage.letter(EDGE, "/device/cmd");
    letter.receiver = "mpy-7";
    "/device/resp".clone_into(&mut letter.reply_to);
    letter.parts = vec![EDGE.json("command", "dictionary", &json!({"action": action, "pin": 4}))];
    vec![stage.send(EDGE, &letter)]
}

fn prices(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(MARKET, "/data/prices");
    letter.parts = vec![MARKET.direct("prices", "table", asset::PRICES)];
    vec![stage.send(MARKET, &letter)]
}

/// As the document's own example does it: a picture sent as `binary`.
fn avatar(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(EDGE, "/chat/mixed");
    letter.parts = vec![
        EDGE.text("message_text", "Hello with image!"),
        EDGE.direct("user_avatar", "binary", asset::AVATAR),
    ];
    vec![stage.send(EDGE, &letter)]
}

fn configuration(stage: &mut Stage) -> Vec<Outgoing> {
    let interval = stage.random.between(5, 120);
    let config = json!({
        "wifi_ssid": "MyNetwork",
        "update_interval": interval,
        "sensors": [{"pin": 4, "kind": "temperature"}, {"pin": 5, "kind": "humidity", "offset": -1.5}],
        "upload": {"enabled": true, "url": null},
    });
    let mut letter = stage.letter(EDGE, "/device/config");
    letter.parts = vec![EDGE.json("config", "dictionary", &config)];
    vec![stage.send(EDGE, &letter)]
}
