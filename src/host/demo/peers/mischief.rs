//! The peer that gets it wrong, each time in a different way. All of it is deliberate.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::demo::foreign_envelope::{ForeignEnvelope, Language, Sender};
use crate::demo::scene::{Outgoing, Peer, Scene};
use natsbridge_wire::Dialect;

const ROGUE: Sender = Sender {
    name: "rogue-3",
    id: "00000000-0bad-4bad-8bad-000000000bad",
    dialect: Dialect::V0_4,
    language: Language::JavaScript,
};
const NEW_ROGUE: Sender = Sender {
    name: "rogue-5",
    dialect: Dialect::V0_5,
    ..ROGUE
};
const SUBJECT: &str = "/lab/broken";

pub const PEER: Peer = Peer {
    name: "rogue",
    pause_ms: (1_200, 3_000),
    opening: 7,
    scripts: &[
        (1, gone),
        (1, cut_json),
        (1, bad_base64),
        (1, lying_size),
        (1, unknown_kind),
        (1, credentials),
        (1, truncated_table),
        (1, escape_sequences),
        (1, hostile_subject),
        (1, bidirectional),
        (1, url_safe),
        (1, wrong_kind),
        (1, not_text),
        (1, not_a_number),
        (1, missing_fields),
    ],
};

/// A message whose envelope is broken after it was written.
fn bent(
    scene: &mut Scene,
    sender: Sender,
    envelope: &ForeignEnvelope,
    bend: impl FnOnce(&mut Value),
) -> Vec<Outgoing> {
    let mut json = sender.to_json(envelope, &mut scene.random, scene.now);
    bend(&mut json);
    vec![Outgoing::new(envelope.subject.clone(), sender.write_json(&json))]
}

fn with_text(scene: &mut Scene, text: &str) -> ForeignEnvelope {
    let mut envelope = scene.envelope(ROGUE, SUBJECT);
    envelope.payloads = vec![ROGUE.text("message", text)];
    envelope
}

/// A one-shot file that somebody else has long taken.
fn gone(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = with_text(scene, "Did you get the report?");
    envelope
        .payloads
        .push(scene.broken_link("report.arrow", "table", 1_234_567));
    vec![scene.send(ROGUE, &envelope)]
}

fn cut_json(scene: &mut Scene) -> Vec<Outgoing> {
    let envelope = with_text(scene, "This message was cut on its way.");
    let mut message = scene.send(ROGUE, &envelope);
    message.body.truncate(message.body.len() * 2 / 3);
    vec![message]
}

fn bad_base64(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = with_text(scene, "");
    "SGVsbG8*IHdvcmxk!".clone_into(&mut envelope.payloads[0].data);
    envelope.payloads[0].size = 11;
    vec![scene.send(ROGUE, &envelope)]
}

fn lying_size(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = with_text(scene, "I claim to be a million bytes.");
    envelope.payloads[0].size = 1_000_000;
    vec![scene.send(ROGUE, &envelope)]
}

fn unknown_kind(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(NEW_ROGUE, SUBJECT);
    envelope.payloads = vec![NEW_ROGUE.direct("ding", "sound", scene.assets.chime)];
    vec![scene.send(NEW_ROGUE, &envelope)]
}

fn credentials(scene: &mut Scene) -> Vec<Outgoing> {
    let envelope = with_text(scene, "Now everybody knows the password.");
    bent(scene, ROGUE, &envelope, |json| {
        json["brokerURL"] = json!("nats://demo:secret@broker.example:4222");
    })
}

fn truncated_table(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(ROGUE, SUBJECT);
    let whole = scene.assets.weather;
    envelope.payloads = vec![ROGUE.direct("half", "table", &whole[..whole.len() * 3 / 5])];
    vec![scene.send(ROGUE, &envelope)]
}

/// Would retitle, clear and recolour a terminal that interpreted it.
fn escape_sequences(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = with_text(
        scene,
        "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m and a bell \x07, a NUL \0 and a CR\rover",
    );
    "name\x1b[1;5mblink\u{9b}31m".clone_into(&mut envelope.payloads[0].name);
    vec![scene.send(ROGUE, &envelope)]
}

fn hostile_subject(scene: &mut Scene) -> Vec<Outgoing> {
    let envelope = with_text(scene, "Look at the subject.");
    let mut message = scene.send(ROGUE, &envelope);
    "lab.\x1b]0;owned\x07.\u{202e}dessap".clone_into(&mut message.subject);
    vec![message]
}

/// Reads `user` + reversed text where bidi controls are obeyed.
fn bidirectional(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = with_text(
        scene,
        "access granted to \u{202e}nimda\u{202c}, zero\u{200b}width, e\u{301}\u{302}\u{303}\u{304}",
    );
    "invoice\u{202e}gpj.exe".clone_into(&mut envelope.payloads[0].name);
    vec![scene.send(ROGUE, &envelope)]
}

fn url_safe(scene: &mut Scene) -> Vec<Outgoing> {
    let bytes = [0xfb, 0xef, 0xff, 0xfe, 0x3f];
    let mut envelope = scene.envelope(NEW_ROGUE, SUBJECT);
    envelope.payloads = vec![NEW_ROGUE.direct("blob", "binary", &bytes)];
    envelope.payloads[0].data = URL_SAFE_NO_PAD.encode(bytes);
    vec![scene.send(NEW_ROGUE, &envelope)]
}

fn wrong_kind(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(NEW_ROGUE, SUBJECT);
    envelope.payloads = vec![NEW_ROGUE.direct("song.wav", "audio", scene.assets.sunset)];
    vec![scene.send(NEW_ROGUE, &envelope)]
}

fn not_text(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(ROGUE, SUBJECT);
    envelope.payloads = vec![ROGUE.direct("latin1", "text", b"Z\xfcrich, caf\xe9")];
    vec![scene.send(ROGUE, &envelope)]
}

fn not_a_number(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(NEW_ROGUE, SUBJECT);
    envelope.payloads = vec![NEW_ROGUE.direct("reading", "dictionary", br#"{"t": NaN, "h": Infinity}"#)];
    vec![scene.send(NEW_ROGUE, &envelope)]
}

fn missing_fields(scene: &mut Scene) -> Vec<Outgoing> {
    let envelope = with_text(scene, "Where do I come from?");
    bent(scene, ROGUE, &envelope, |json| {
        if let Some(fields) = json.as_object_mut() {
            fields
                .retain(|key, _| !key.starts_with("sender") && key != "timestamp" && key != "correlationId");
        }
    })
}
