//! The device in MicroPython (v0.4): small readings, ids that are no UUIDs, a clock that calls local time UTC.

use serde_json::json;

use crate::demo::foreign_envelope::{Language, Sender};
use crate::demo::scene::{Outgoing, Peer, Scene};
use natsbridge_wire::Dialect;

/// The device; it also answers commands.
pub const DEVICE: Sender = Sender {
    name: "mpy-7",
    id: "e3c1a7f0-94d2-b07e-11c8-5a90de44f1b6",
    dialect: Dialect::V0_4,
    language: Language::MicroPython,
};

pub const PEER: Peer = Peer {
    name: "mpy-7 (MicroPython)",
    pause_ms: (280, 800),
    opening: 2,
    scripts: &[(12, reading), (1, battery)],
};

fn reading(scene: &mut Scene) -> Vec<Outgoing> {
    let (temperature, humidity) = (scene.random.tenths(19, 27), scene.random.between(40, 70));
    let mut envelope = scene.envelope(DEVICE, "/device/sensor");
    envelope.purpose = "updateStatus";
    envelope.payloads = vec![DEVICE.json(
        "reading",
        "dictionary",
        &json!({"t": temperature, "h": humidity, "pin": 4}),
    )];
    vec![scene.send(DEVICE, &envelope)]
}

fn battery(scene: &mut Scene) -> Vec<Outgoing> {
    let percent = scene.random.between(8, 30);
    let mut envelope = scene.envelope(DEVICE, "/device/status");
    envelope.purpose = "updateStatus";
    envelope.payloads = vec![DEVICE.text("battery", &format!("battery {percent} %"))];
    vec![scene.send(DEVICE, &envelope)]
}
