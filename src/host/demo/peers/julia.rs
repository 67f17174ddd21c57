//! The calculating peer in Julia (v0.4): tables from Julia's own Arrow writer, and requests to the wine agent.

use serde_json::json;

use crate::demo::assets::yesterday;
use crate::demo::foreign_envelope::{Language, Sender};
use crate::demo::scene::{Outgoing, Peer, Scene};
use natsbridge_wire::Dialect;

const CALC: Sender = Sender {
    name: "jl-calc",
    id: "0d67f451-d4e0-4727-9b5b-5d6def3ff8c6",
    dialect: Dialect::V0_4,
    language: Language::Julia,
};
const AGENT: Sender = Sender {
    name: "wine-agent",
    id: "cbd326ab-e213-4fef-9a7c-1991b289f9c2",
    ..CALC
};
/// Has been running unchanged since before the first release.
const ARCHIVE: Sender = Sender {
    name: "jl-archive",
    id: "2f0c5b7e-7d52-4a0b-93de-61c0ad3f7e05",
    dialect: Dialect::V0_0,
    ..CALC
};

pub const PEER: Peer = Peer {
    name: "jl-calc (Julia)",
    pause_ms: (700, 1_700),
    opening: 5,
    scripts: &[
        (4, daily),
        (3, linked),
        (4, tasting),
        (3, special),
        (1, archive),
        (1, burst),
    ],
};

fn daily(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(CALC, "/data/daily");
    envelope.payloads = vec![
        CALC.text("summary", "3 devices, 1 without a score"),
        CALC.direct("devices", "table", scene.assets.julia_devices),
    ];
    vec![scene.send(CALC, &envelope)]
}

fn special(scene: &mut Scene) -> Vec<Outgoing> {
    let (name, table) = *scene.random.pick(scene.assets.julia_tables);
    let mut envelope = scene.envelope(CALC, "/data/daily");
    envelope.payloads = vec![CALC.direct(name, "table", table)];
    vec![scene.send(CALC, &envelope)]
}

/// A table too large for the broker, left at a file server.
fn linked(scene: &mut Scene) -> Vec<Outgoing> {
    let table = scene.link("yesterday.arrow", "table", yesterday());
    let mut envelope = scene.envelope(CALC, "/data/daily");
    envelope.payloads = vec![CALC.text("summary", "Yesterday, second by second"), table];
    vec![scene.send(CALC, &envelope)]
}

/// A question and its answer: same correlation id, the answer names the question.
fn tasting(scene: &mut Scene) -> Vec<Outgoing> {
    let dish = *scene
        .random
        .pick(&["ปลาเผา with lime", "mushroom risotto", "Käsefondue", "寿司"]);
    let mut question = scene.envelope(CALC, "/agent/wine");
    question.receiver = AGENT.name;
    "/agent/wine/answer".clone_into(&mut question.reply_to);
    question.payloads = vec![CALC.text("question", &format!("Which wine goes with {dish}?"))];
    let mut answer = scene.envelope(AGENT, "/agent/wine/answer");
    answer.purpose = "ACK";
    answer.receiver = CALC.name;
    answer.correlation_id.clone_from(&question.correlation_id);
    answer.reply_to_msg_id.clone_from(&question.msg_id);
    let score = scene.random.tenths(85, 97);
    answer.payloads = vec![
        AGENT.json(
            "choice",
            "dictionary",
            &json!({"wine": "Grüner Veltliner", "score": score, "dish": dish}),
        ),
        AGENT.direct("candidates", "table", scene.assets.wine),
    ];
    let delay = scene.random.between(20, 160);
    vec![
        scene.send(CALC, &question),
        scene.send(AGENT, &answer).after_ms(delay),
    ]
}

fn archive(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(ARCHIVE, "/data/archive");
    envelope.payloads = vec![ARCHIVE.json("index", "dictionary", &json!({"volumes": 12, "open": false}))];
    vec![scene.send(ARCHIVE, &envelope)]
}

/// Progress of a computation, in quick succession and in one conversation.
fn burst(scene: &mut Scene) -> Vec<Outgoing> {
    let mut envelope = scene.envelope(CALC, "/data/progress");
    envelope.purpose = "updateStatus";
    (1..=8)
        .map(|step| {
            envelope.msg_id = CALC.new_id(&mut scene.random);
            envelope.payloads = vec![CALC.json("progress", "dictionary", &json!({"step": step, "of": 8}))];
            scene.send(CALC, &envelope).after_ms(30)
        })
        .collect()
}
