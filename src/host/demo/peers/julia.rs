//! The calculating peer in Julia (v0.4): tables from Julia's own Arrow writer, and requests to the wine agent.

use serde_json::json;

use crate::demo::asset;
use crate::demo::letter::{Language, Voice};
use crate::demo::stage::{Outgoing, Peer, Stage};
use natsbridge_wire::Dialect;

const CALC: Voice = Voice {
    name: "jl-calc",
    id: "0d67f451-d4e0-4727-9b5b-5d6def3ff8c6",
    dialect: Dialect::V0_4,
    language: Language::Julia,
};
const AGENT: Voice = Voice {
    name: "wine-agent",
    id: "cbd326ab-e213-4fef-9a7c-1991b289f9c2",
    ..CALC
};
/// Has been running unchanged since before the first release.
const ARCHIVE: Voice = Voice {
    name: "jl-archive",
    id: "2f0c5b7e-7d52-4a0b-93de-61c0ad3f7e05",
    dialect: Dialect::V0_0,
    ..CALC
};

pub const PEER: Peer = Peer {
    name: "jl-calc (Julia)",
    pause_ms: (700, 1_700),
    opening: 5,
    scenes: &[
        (4, daily),
        (3, linked),
        (4, tasting),
        (3, special),
        (1, archive),
        (1, burst),
    ],
};

fn daily(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(CALC, "/data/daily");
    letter.parts = vec![
        CALC.text("summary", "3 devices, 1 without a score"),
        CALC.direct("devices", "table", asset::JULIA_DEVICES),
    ];
    vec![stage.send(CALC, &letter)]
}

fn special(stage: &mut Stage) -> Vec<Outgoing> {
    let (name, table) = *stage.random.pick(asset::JULIA_TABLES);
    let mut letter = stage.letter(CALC, "/data/daily");
    letter.parts = vec![CALC.direct(name, "table", table)];
    vec![stage.send(CALC, &letter)]
}

/// A table too large for the broker, left at a file server.
fn linked(stage: &mut Stage) -> Vec<Outgoing> {
    let table = stage.link("yesterday.arrow", "table", asset::yesterday());
    let mut letter = stage.letter(CALC, "/data/daily");
    letter.parts = vec![CALC.text("summary", "Yesterday, second by second"), table];
    vec![stage.send(CALC, &letter)]
}

/// A question and its answer: same correlation id, the answer names the question.
fn tasting(stage: &mut Stage) -> Vec<Outgoing> {
    let dish = *stage
        .random
        .pick(&["ปลาเผา with lime", "mushroom risotto", "Käsefondue", "寿司"]);
    let mut question = stage.letter(CALC, "/agent/wine");
    question.receiver = AGENT.name;
    "/agent/wine/answer".clone_into(&mut question.reply_to);
    question.parts = vec![CALC.text("question", &format!("Which wine goes with {dish}?"))];
    let mut answer = stage.letter(AGENT, "/agent/wine/answer");
    answer.purpose = "ACK";
    answer.receiver = CALC.name;
    answer.correlation_id.clone_from(&question.correlation_id);
    answer.reply_to_msg_id.clone_from(&question.msg_id);
    let score = stage.random.tenths(85, 97);
    answer.parts = vec![
        AGENT.json(
            "choice",
            "dictionary",
            &json!({"wine": "Grüner Veltliner", "score": score, "dish": dish}),
        ),
        AGENT.direct("candidates", "table", asset::WINE),
    ];
    let delay = stage.random.between(20, 160);
    vec![
        stage.send(CALC, &question),
        stage.send(AGENT, &answer).after_ms(delay),
    ]
}

fn archive(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(ARCHIVE, "/data/archive");
    letter.parts = vec![ARCHIVE.json("index", "dictionary", &json!({"volumes": 12, "open": false}))];
    vec![stage.send(ARCHIVE, &letter)]
}

/// Progress of a computation, in quick succession and in one conversation.
fn burst(stage: &mut Stage) -> Vec<Outgoing> {
    let mut letter = stage.letter(CALC, "/data/progress");
    letter.purpose = "updateStatus";
    (1..=8)
        .map(|step| {
            letter.msg_id = CALC.new_id(&mut stage.random);
            letter.parts = vec![CALC.json("progress", "dictionary", &json!({"step": step, "of": 8}))];
            stage.send(CALC, &letter).after_ms(30)
        })
        .collect()
}
