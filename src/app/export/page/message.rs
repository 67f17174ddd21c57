//! Messages on a page: where each came from, its envelope, its payloads, what is wrong with it.

use super::findings::{findings, readers};
use super::html::Html;
use super::page::{page_end, page_start};
use super::values::payload;
use crate::export::fields::{EnvelopeField, envelope_fields, payload_fields};
use crate::model::{count, counted, size};
use jiff::Timestamp;
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{Answer, DecodedMessage};
use std::sync::Arc;

/// A message as it was received, and what it holds.
#[derive(Debug, Clone)]
pub struct PageMessage {
    /// As it was received.
    pub stored: StoredMessage,
    /// What it holds, and all that is wrong with it.
    pub decoded: Arc<DecodedMessage<'static>>,
    /// Who can read it.
    pub readers: Vec<Answer>,
}

/// A page of messages; `left_out` says what did not find room, if anything.
pub fn messages_page(messages: &[PageMessage], left_out: &str, made_us: i64) -> String {
    let mut sections = Html::default();
    for message in messages {
        article(&mut sections, message);
    }
    let told = counted(messages.len(), "message");
    let mut page = page_start(&told, left_out, made_us);
    page.push_str(&sections.finish());
    page + &page_end("")
}

/// One message.
pub fn article(html: &mut Html, message: &PageMessage) {
    let PageMessage {
        stored,
        decoded,
        readers: answers,
    } = message;
    html.markup("<article>").element("h2", "", &stored.subject);
    html.element("p", "facts", &facts(message));
    for one in &decoded.payloads {
        payload(html, one);
    }
    if !decoded.findings.is_empty() {
        html.markup("<h3>Findings</h3>");
        findings(html, &decoded.findings);
    }
    readers(html, answers);
    html.markup("<details><summary>Envelope and delivery</summary><table>");
    let at = Timestamp::from_microsecond(stored.at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    let number = count(stored.seq);
    let mut rows: Vec<EnvelopeField<'_>> = vec![
        ("arrived".into(), format!("{at:.6}").into()),
        ("number".into(), number.into()),
        ("reply".into(), stored.reply.as_deref().unwrap_or_default().into()),
    ];
    for (name, values) in &stored.headers {
        rows.extend(values.iter().map(|value| (name.into(), value.into())));
    }
    if let Some((_, envelope)) = &decoded.envelope {
        rows.extend(envelope_fields(envelope));
        for (number, entry) in envelope.payloads.iter().enumerate() {
            let named = |(name, value): EnvelopeField<'_>| {
                (
                    format!("payloads[{number}].{name}").into(),
                    value.into_owned().into(),
                )
            };
            rows.extend(payload_fields(entry).into_iter().map(named));
        }
    }
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        html.markup("<tr>")
            .element("th", "", name)
            .element("td", "", value)
            .markup("</tr>");
    }
    html.markup("</table></details></article>\n");
}

fn facts(message: &PageMessage) -> String {
    let at = Timestamp::from_microsecond(message.stored.at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut facts = vec![format!("{at:.3}"), size(message.decoded.raw.len())];
    if let Some((dialect, envelope)) = &message.decoded.envelope {
        let anybody = |name: &str| {
            if name.is_empty() {
                "anybody".to_owned()
            } else {
                name.to_owned()
            }
        };
        facts.push(format!(
            "{} → {}",
            anybody(&envelope.sender_name),
            anybody(&envelope.receiver_name)
        ));
        facts.extend(Some(envelope.msg_purpose.to_string()).filter(|purpose| !purpose.is_empty()));
        facts.push(dialect.name().to_owned());
    } else {
        facts.push("no envelope".to_owned());
    }
    facts.join(" · ")
}
