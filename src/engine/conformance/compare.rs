//! Compares the answer with what was sent, field by field.

use super::model::ProbeDifference;
use crate::bridge::{Payloads, Received};
use natsbridge_wire::{Blob, Code, Envelope, Limits, Table, Value, decode_blob};
use std::fmt::Display;

/// Everything in which the answer differs.
pub(super) fn differences(
    asked: &Envelope<'_>,
    sent: &Payloads,
    answer: &Envelope<'_>,
    came: &Received,
) -> Vec<ProbeDifference> {
    let mut found = Vec::new();
    // Oddities of what was sent are not news in what comes back.
    let mut own = Vec::new();
    field(
        &mut found,
        "correlation_id",
        &asked.correlation_id,
        &answer.correlation_id,
    );
    field(
        &mut found,
        "reply_to_msg_id",
        &asked.msg_id,
        &answer.reply_to_msg_id,
    );
    field(&mut found, "payloads", &sent.len(), &came.payloads.len());
    for (index, (sent, back)) in sent.iter().zip(&came.payloads).enumerate() {
        let at = |key: &str| format!("payloads[{index}].{key}");
        field(&mut found, &at("dataname"), &sent.dataname, &back.dataname);
        field(
            &mut found,
            &at("type"),
            &sent.kind.family().name(),
            &back.kind.family().name(),
        );
        let was = decode_blob(sent.kind, &sent.body, Limits::in_force(), &mut own).unwrap_or_default();
        if let Some(message) = value_differs((&was, &sent.body), (&back.data, &back.body)) {
            found.push(ProbeDifference::new("value-differs", at("data"), message));
        }
    }
    let told = came.findings.iter().filter(|finding| {
        // A prober knows where the links of its own peer lead.
        !matches!(finding.code, Code::LinkLocalHost | Code::LinkPrivateHost)
            && own.iter().all(|sent| sent.code != finding.code)
    });
    found.extend(told.map(|told| ProbeDifference::new(told.code.name(), &*told.path, &*told.message)));
    found
}

fn field<T: PartialEq + Display>(found: &mut Vec<ProbeDifference>, path: &str, sent: &T, came: &T) {
    if sent != came {
        let message = format!("sent {sent}, received {came}");
        found.push(ProbeDifference::new("field-differs", path, message));
    }
}

fn value_differs((sent, body): (&Value, &Blob), (came, back): (&Value, &Blob)) -> Option<String> {
    let bytes = |blob: &Blob| blob.slice(0..blob.len()).unwrap_or_default();
    match (sent, came) {
        (Value::Text(sent), Value::Text(came)) => {
            (sent != came).then(|| format!("sent {}, received {}", shown(sent), shown(came)))
        }
        (Value::Json(sent), Value::Json(came)) => (sent != came).then(|| {
            let (sent, came) = (sent.to_string(), came.to_string());
            format!("sent {}, received {}", shown(&sent), shown(&came))
        }),
        (Value::Table(sent), Value::Table(came)) => table_differs(sent, came),
        _ if body.len() == back.len() && bytes(body) == bytes(back) => None,
        _ => Some("the bytes differ".to_owned()),
    }
}

fn table_differs(sent: &Table, came: &Table) -> Option<String> {
    let names = |table: &Table| {
        let names = table.columns().iter().map(|column| column.name.clone());
        names.collect::<Vec<_>>().join(", ")
    };
    if names(sent) != names(came) {
        return Some(format!("sent columns {}, received {}", names(sent), names(came)));
    }
    if sent.num_rows() != came.num_rows() {
        return Some(format!(
            "sent {} rows, received {}",
            sent.num_rows(),
            came.num_rows()
        ));
    }
    let row = (0..sent.num_rows()).find(|row| sent.row_json(*row) != came.row_json(*row))?;
    Some(format!(
        "row {row}: sent {}, received {}",
        sent.row_json(row),
        came.row_json(row)
    ))
}

/// A text shortened for use in a sentence.
fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{:?}", format!("{}…", &text[..cut])),
        None => format!("{text:?}"),
    }
}
