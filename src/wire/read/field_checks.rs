//! Checks field values: ids, timestamp, broker URL, subjects, links. Missing fields are reported by the reader.

use crate::checks::{
    check_broker_url, check_id, check_link, check_link_name, check_subject, check_timestamp,
};
use crate::dialects::{Dialect, Field};
use crate::envelope::{Data, Envelope, Transport};
use crate::findings::{Code, Findings, quoted};
use std::collections::HashSet;

const IDS: [Field; 5] = [
    Field::CorrelationId,
    Field::MsgId,
    Field::SenderId,
    Field::ReceiverId,
    Field::ReplyToMsgId,
];

/// Checks every field of an envelope that was read in `dialect`. Empty fields are skipped.
pub(super) fn check_fields(envelope: &Envelope<'_>, dialect: Dialect, findings: &mut Findings) {
    for field in IDS {
        check_id(text(envelope, field), || field.key(dialect).to_owned(), findings);
    }
    check_timestamp(&envelope.timestamp, findings);
    check_broker_url(&envelope.broker_url, Field::BrokerUrl.key(dialect), findings);
    for field in [Field::SendTo, Field::ReplyTo] {
        check_subject(text(envelope, field), field.key(dialect), findings);
    }
    check_payloads(envelope, findings);
}

fn text<'e>(envelope: &'e Envelope<'_>, field: Field) -> &'e str {
    envelope.text(field).map_or("", |text| text)
}

fn check_payloads(envelope: &Envelope<'_>, findings: &mut Findings) {
    let mut ids = HashSet::new();
    for (index, payload) in envelope.payloads.iter().enumerate() {
        let path = |key: &str| format!("payloads[{index}].{key}");
        check_id(&payload.id, || path("id"), findings);
        let alone = envelope.payloads.len() == 1;
        if !alone && !payload.id.is_empty() && !ids.insert(&payload.id) {
            let message = format!("another payload has the same id {}", quoted(&payload.id));
            findings.add(Code::DuplicatePayloadId, path("id"), message);
        }
        if let (Transport::Link, Data::Text(url)) = (payload.transport, &payload.data) {
            check_link(url, &envelope.broker_url, || path("data"), findings);
            check_link_name(&payload.dataname, url, || path("data"), findings);
        }
    }
}
