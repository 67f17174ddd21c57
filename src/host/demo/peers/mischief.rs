//! The peer that gets it wrong, each time in a different way. All of it is deliberate.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::demo::asset;
use crate::demo::letter::{Language, Letter, Voice};
use crate::demo::stage::{Outgoing, Peer, Stage};
use natsbridge_wire::Dialect;

const ROGUE: Voice = Voice {
    name: "rogue-3",
    id: "00000000-0bad-4bad-8bad-000000000bad",
    dialect: Dialect::V0_4,
    language: Language::JavaScript,
};
const NEW_ROGUE: Voice = Voice {
    name: "rogue-5",
    dialect: Dialect::V0_5,
    ..ROGUE
};
const SUBJECT: &str = "/lab/broken";

pub const PEER: Peer = Peer {
    name: "rogue",
    pause_ms: (1_200, 3_000),
    opening: 7,
    scenes: &[
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
fn bent(stage: &mut Stage, voice: Voice, letter: &Letter, bend: impl FnOnce(&mut Value)) -> Vec<Outgoing> {
    let mut envelope = voice.envelope(letter, &mut stage.random, stage.now);
    bend(&mut envelope);
    vec![Outgoing::new(letter.subject.clone(), voice.write_json(&envelope))]
}

fn with_text(stage: &mut Stage, text: &str) -> Letter {
    let mut letter = stage.letter(ROGUE, SUBJECT);
    letter.parts = vec![ROGUE.text("message", text)];
    letter
}

/// A one-shot file that somebody else has long taken.
fn gone(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = with_text(stage, "Did you get the report?");
    letter
        .parts
        .push(stage.broken_link("report.arrow", "table", 1_234_567));
    vec![stage.send(ROGUE, &letter)]
}

fn cut_json(stage: &mut Stage) -> Vec<Outgoing> {
    let letter = with_text(stage, "This message was cut on its way.");
    let mut message = stage.send(ROGUE, &letter);
    message.body.truncate(message.body.len() * 2 / 3);
    vec![message]
}

fn bad_base64(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = with_text(stage, "");
    "SGVsbG8*IHdvcmxk!".clone_into(&mut letter.parts[0].data);
    letter.parts[0].size = 11;
    vec![stage.send(ROGUE, &letter)]
}

fn lying_size(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = with_text(stage, "I claim to be a million bytes.");
    letter.parts[0].size = 1_000_000;
    vec![stage.send(ROGUE, &letter)]
}

fn unknown_kind(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(NEW_ROGUE, SUBJECT);
    letter.parts = vec![NEW_ROGUE.direct("ding", "sound", asset::CHIME)];
    vec![stage.send(NEW_ROGUE, &letter)]
}

fn credentials(stage: &mut Stage) -> Vec<Outgoing> {
    let letter = with_text(stage, "Now everybody knows the password.");
    bent(stage, ROGUE, &letter, |envelope| {
        envelope["brokerURL"] = json!("nats://demo:secret@broker.example:4222");
    })
}

fn truncated_table(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(ROGUE, SUBJECT);
    letter.parts = vec![ROGUE.direct("half", "table", &asset::WEATHER[..asset::WEATHER.len() * 3 / 5])];
    vec![stage.send(ROGUE, &letter)]
}

/// Would retitle, clear and recolour a terminal that interpreted it.
fn escape_sequences(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = with_text(
        stage,
        "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m and a bell \x07, a NUL \0 and a CR\rover",
    );
    "name\x1b[1;5mblink\u{9b}31m".clone_into(&mut letter.parts[0].name);
    vec![stage.send(ROGUE, &letter)]
}

fn hostile_subject(stage: &mut Stage) -> Vec<Outgoing> {
    let letter = with_text(stage, "Look at the subject.");
    let mut message = stage.send(ROGUE, &letter);
    "lab.\x1b]0;owned\x07.\u{202e}dessap".clone_into(&mut message.subject);
    vec![message]
}

/// Reads `user` + reversed text where bidi controls are obeyed.
fn bidirectional(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = with_text(
        stage,
        "access granted to \u{202e}nimda\u{202c}, zero\u{200b}width, e\u{301}\u{302}\u{303}\u{304}",
    );
    "invoice\u{202e}gpj.exe".clone_into(&mut letter.parts[0].name);
    vec![stage.send(ROGUE, &letter)]
}

fn url_safe(stage: &mut Stage) -> Vec<Outgoing> {
    let bytes = [0xfb, 0xef, 0xff, 0xfe, 0x3f];
    let mut letter = stage.letter(NEW_ROGUE, SUBJECT);
    letter.parts = vec![NEW_ROGUE.direct("blob", "binary", &bytes)];
    letter.parts[0].data = URL_SAFE_NO_PAD.encode(bytes);
    vec![stage.send(NEW_ROGUE, &letter)]
}

fn wrong_kind(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(NEW_ROGUE, SUBJECT);
    letter.parts = vec![NEW_ROGUE.direct("song.wav", "audio", asset::SUNSET)];
    vec![stage.send(NEW_ROGUE, &letter)]
}

fn not_text(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(ROGUE, SUBJECT);
    letter.parts = vec![ROGUE.direct("latin1", "text", b"Z\xfcrich, caf\xe9")];
    vec![stage.send(ROGUE, &letter)]
}

fn not_a_number(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(NEW_ROGUE, SUBJECT);
    letter.parts = vec![NEW_ROGUE.direct("reading", "dictionary", br#"{"t": NaN, "h": Infinity}"#)];
    vec![stage.send(NEW_ROGUE, &letter)]
}

fn missing_fields(stage: &mut Stage) -> Vec<Outgoing> {
    let letter = with_text(stage, "Where do I come from?");
    bent(stage, ROGUE, &letter, |envelope| {
        if let Some(fields) = envelope.as_object_mut() {
            fields
                .retain(|key, _| !key.starts_with("sender") && key != "timestamp" && key != "correlationId");
        }
    })
}
