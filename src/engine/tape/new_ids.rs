//! New message and correlation ids for envelopes that are replayed; everything else stays byte for byte.

use super::entries::Entries;
use natsbridge_wire::{Field, scan};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Derives ids from ids: the same old id gives the same new one, so that replies still refer to their message
/// whatever the order on the tape. No state is needed.
#[derive(Debug, Clone)]
pub struct IdRewriter {
    seed: Uuid,
}

impl IdRewriter {
    /// Ids of one replay; another seed gives other ids.
    pub fn new(seed: Uuid) -> Self {
        Self { seed }
    }

    /// The payload with new ids, if it is an envelope that has some.
    pub fn apply(&self, payload: &[u8]) -> Option<Vec<u8>> {
        scan(payload).dialect?;
        let Entries::<String, &RawValue>(fields) = serde_json::from_slice(payload).ok()?;
        let mut out = Vec::with_capacity(payload.len());
        let mut copied = 0;
        for (key, value) in fields {
            let Some((Field::MsgId | Field::CorrelationId | Field::ReplyToMsgId, _)) =
                Field::from_key(key.as_bytes())
            else {
                continue;
            };
            let old = serde_json::from_str::<String>(value.get()).unwrap_or_default();
            if old.is_empty() {
                continue;
            }
            // The value is a part of the payload.
            let start = (value.get().as_ptr() as usize).checked_sub(payload.as_ptr() as usize)?;
            out.extend_from_slice(payload.get(copied..start)?);
            out.extend_from_slice(format!("\"{}\"", self.id(&old)).as_bytes());
            copied = start + value.get().len();
        }
        if copied == 0 {
            return None;
        }
        out.extend_from_slice(payload.get(copied..)?);
        Some(out)
    }

    /// The new id for an old one.
    pub fn id(&self, old: &str) -> String {
        let sum = Sha256::new()
            .chain_update(self.seed.as_bytes())
            .chain_update(old.as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&sum[..16]);
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = concat!(
        r#"{ "correlation_id" :"c-1", "msg_id": "m-\u0031","timestamp":"2026-11-22T10:00:00Z","send_to":"/q","#,
        r#""msg_purpose":"chat","sender_name":"a","sender_id":"s","receiver_name":"","receiver_id":"","reply_to":"","#,
        r#""reply_to_msg_id":"","broker_url":"","metadata":{"msg_id":"m-1"},"payloads":[]}"#,
    );

    #[test]
    fn ids_change_together_and_nothing_else_does() {
        let ids = IdRewriter::new(Uuid::from_u128(7));
        let answer = QUESTION
            .replace(r#""m-\u0031""#, r#""m-2""#)
            .replace(r#""reply_to_msg_id":"""#, r#""reply_to_msg_id":"m-1""#);
        let question = String::from_utf8(ids.apply(QUESTION.as_bytes()).unwrap()).unwrap();
        let answer = String::from_utf8(ids.apply(answer.as_bytes()).unwrap()).unwrap();
        let expected = QUESTION
            .replace("c-1", &ids.id("c-1"))
            .replace(r"m-\u0031", &ids.id("m-1"));
        assert_eq!(question, expected);
        assert!(
            answer.contains(&format!(r#""reply_to_msg_id":"{}""#, ids.id("m-1"))),
            "{answer}"
        );
        assert!(
            answer.contains(&ids.id("m-2")) && answer.contains(&ids.id("c-1")),
            "{answer}"
        );
        assert_ne!(IdRewriter::new(Uuid::from_u128(8)).id("m-1"), ids.id("m-1"));
    }

    #[test]
    fn what_is_no_envelope_stays_as_it_is() {
        let ids = IdRewriter::new(Uuid::nil());
        for payload in ["", "plain", r#"{"msg_id":"m"}"#, "\u{0}"] {
            assert_eq!(ids.apply(payload.as_bytes()), None, "{payload}");
        }
    }
}
