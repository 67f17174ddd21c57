//! Real peers that disagree about a subject are told apart: each writes the same scores as its own library likes it.

use crate::support::real::{micropython, node, python};
use bytes::Bytes;
use natsbridge_engine::{Shapes, field_lines};
use natsbridge_wire::{
    Code, Dialect, Envelope, EnvelopePayload, Finding, Kind, Limits, decode_base64, decode_message,
    write_envelope,
};
use std::process::Command;

const PYTHON: &str = "
import base64, pyarrow as pa
table, sink = pa.table({'score': [1, 2]}), pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema) as out:
    out.write_table(table)
print(base64.b64encode(sink.getvalue()).decode())
";

const NODE: &str = "
const { tableFromArrays, tableToIPC } = require('apache-arrow');
console.log(Buffer.from(tableToIPC(tableFromArrays({ score: [1, 2] }), 'stream')).toString('base64'));
";

/// No Arrow there: a dictionary.
const MICROPYTHON: &str = "
import json, binascii
print(binascii.b2a_base64(json.dumps({'score': [1.0, 2.0]})).decode().strip())
";

/// What a program prints, decoded.
fn body(mut program: Command, flag: &str, script: &str) -> Vec<u8> {
    let output = program.args([flag, script]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    decode_base64(text.trim()).unwrap().0
}

fn message(sender: &str, kind: Kind, body: &[u8]) -> Bytes {
    let envelope = Envelope {
        msg_id: "256e050c-c0ea-4f6f-b042-359317418527".into(),
        send_to: "lab.scores".into(),
        sender_name: sender.to_owned().into(),
        payloads: vec![EnvelopePayload::direct("1", "scores", kind, body.to_vec())],
        ..Envelope::default()
    };
    write_envelope(&envelope, Dialect::V0_5).into()
}

fn learn(shapes: &mut Shapes, raw: &Bytes) -> Vec<Finding> {
    let message = decode_message(raw, "lab.scores", &Limits::DEFAULT);
    let seq = shapes.messages;
    shapes.learn(&message, "lab.scores", seq as i64, seq)
}

#[test]
fn python_node_and_micropython_that_disagree_are_told_apart() {
    let (Some(python), Some(node), Some(micropython)) = (python(), node(), micropython()) else {
        return;
    };
    let python = message("py", Kind::Table, &body(python, "-c", PYTHON));
    let node = message("node", Kind::Table, &body(node, "-e", NODE));
    let device = message("mpy", Kind::Dictionary, &body(micropython, "-c", MICROPYTHON));
    let mut shapes = Shapes::new(&Limits::DEFAULT);
    for _ in 0..20 {
        assert!(learn(&mut shapes, &node).is_empty());
    }
    let told = |shapes: &mut Shapes, raw: &Bytes| {
        let told = learn(shapes, raw).into_iter();
        told.map(|finding| (finding.code, finding.message))
            .collect::<Vec<_>>()
    };
    let integers = "scores.score is i64; node sends f64".to_owned();
    assert_eq!(
        told(&mut shapes, &python),
        [(Code::ShapeIntegerForFloat, integers)]
    );
    let kind = "scores is dictionary; node sends table".to_owned();
    let device = told(&mut shapes, &device);
    assert!(device.contains(&(Code::ShapeSenderDisagrees, kind)), "{device:?}");
    let lines = field_lines(shapes.of("lab.scores").unwrap());
    let score = lines.iter().find(|line| line.path == "scores.score").unwrap();
    assert_eq!(score.differs, "node: f64 · py: i64 · mpy: array");
}
