//! The device in MicroPython (v0.4): small readings, ids that are no UUIDs, a clock that calls local time UTC.

use serde_json::json;

use crate::demo::letter::{Language, Voice};
use crate::demo::stage::{Outgoing, Peer, Stage};
use natsbridge_wire::Dialect;

/// The device; it also answers commands.
pub const DEVICE: Voice = Voice {
    name: "mpy-7",
    id: "e3c1a7f0-94d2-b07e-11c8-5a90de44f1b6",
    dialect: Dialect::V0_4,
    language: Language::MicroPython,
};

pub const PEER: Peer = Peer {
    name: "mpy-7 (MicroPython)",
    pause_ms: (280, 800),
    opening: 2,
    scenes: &[(12, reading), (1, battery)],
};

fn reading(stage: &mut Stage) -> Vec<Outgoing> {
    let (temperature, humidity) = (stage.random.tenths(19, 27), stage.random.between(40, 70));
    let mut letter = stage.letter(DEVICE, "/device/sensor");
    letter.purpose = "updateStatus";
    letter.parts = vec![DEVICE.json(
        "reading",
        "dictionary",
        &json!({"t": temperature, "h": humidity, "pin": 4}),
    )];
    vec![stage.send(DEVICE, &letter)]
}

fn battery(stage: &mut Stage) -> Vec<Outgoing> {
    let percent = stage.random.between(8, 30);
    let mut letter = stage.letter(DEVICE, "/device/status");
    letter.purpose = "updateStatus";
    letter.parts = vec![DEVICE.text("battery", &format!("battery {percent} %"))];
    vec![stage.send(DEVICE, &letter)]
}
