//! Recognises the session's own internal traffic: a subscription to everything also sees the stream task's requests
//! to JetStream, the answers, and the deliveries of followed streams. They are not part of anyone's conversation. The
//! ingest task leaves them out.

use crate::clock;
use crate::connect::ConnectOptions;
use memchr::memmem;
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the broker reports each request to JetStream, with the request's text.
const AUDIT: &str = "$JS.EVENT.ADVISORY.API";

/// The mark of one session; clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct TrafficMark(Arc<Mark>);

#[derive(Debug)]
struct Mark {
    /// A subject token, used in its inboxes and in the names of its consumers.
    id: String,
    find_id: memmem::Finder<'static>,
    /// The same encoded in blanks, which JSON allows anywhere: the broker's report on a request contains nothing
    /// about its sender but the request's text.
    blanks: String,
    /// The blanks as they stand in the JSON of such a report.
    find_blanks: memmem::Finder<'static>,
    consumers: AtomicU64,
}

/// The broker's report on a request.
#[derive(Deserialize)]
struct Audit<'a> {
    #[serde(borrow, default)]
    subject: Cow<'a, str>,
    #[serde(borrow, default)]
    request: Cow<'a, str>,
}

impl TrafficMark {
    /// A mark that nobody else has.
    pub(crate) fn new() -> Self {
        let number = clock::random_uuid().as_u64_pair().1;
        let id = format!("natsbridge-{number:016x}");
        let blanks: String = (0..u64::BITS)
            .map(|bit| if number >> bit & 1 == 1 { '\t' } else { ' ' })
            .collect();
        Self(Arc::new(Mark {
            find_id: memmem::Finder::new(&id).into_owned(),
            id,
            find_blanks: memmem::Finder::new(&blanks.replace('\t', "\\t")).into_owned(),
            blanks,
            consumers: AtomicU64::new(0),
        }))
    }

    /// The same options with inboxes that bear the mark; they begin as they did, because permissions may allow only that.
    pub(crate) fn with_inboxes(&self, options: &ConnectOptions) -> ConnectOptions {
        let start = options.inbox_prefix.as_deref().unwrap_or("_INBOX");
        ConnectOptions {
            inbox_prefix: Some(format!("{start}.{}", self.0.id)),
            ..options.clone()
        }
    }

    /// A name for a consumer, another one each time.
    pub(crate) fn consumer(&self) -> String {
        let number = self.0.consumers.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.0.id)
    }

    /// A request's JSON with the mark.
    pub(crate) fn body(&self, json: &serde_json::Value) -> String {
        format!("{json}{}", self.0.blanks)
    }

    /// Whether a message is internal traffic: a request of ours, an answer to one, a delivery to a consumer of ours,
    /// or a broker report about these.
    pub(crate) fn is_it(&self, subject: &str, reply: Option<&str>, payload: &[u8]) -> bool {
        self.marks(subject)
            || reply.is_some_and(|reply| self.marks(reply))
            || subject == AUDIT && self.is_reported(payload)
    }

    fn marks(&self, subject: &str) -> bool {
        self.0.find_id.find(subject.as_bytes()).is_some()
    }

    fn is_reported(&self, report: &[u8]) -> bool {
        // Most reports are on others; only what may be on us is read.
        let maybe = self.0.find_blanks.find(report).is_some() || self.0.find_id.find(report).is_some();
        maybe
            && serde_json::from_slice::<Audit<'_>>(report)
                .is_ok_and(|audit| self.marks(&audit.subject) || audit.request.ends_with(&self.0.blanks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_bears_the_mark_is_ours_and_nothing_else() {
        let (own, other) = (TrafficMark::new(), TrafficMark::new());
        let options = ConnectOptions::from_urls("localhost").unwrap();
        let inbox = own.with_inboxes(&options).inbox_prefix.unwrap() + ".abc";
        assert!(inbox.starts_with("_INBOX."), "{inbox}");
        let consumer = own.consumer();
        assert_ne!(consumer, own.consumer());
        let ack = format!("$JS.ACK.S.{consumer}.1.2.3.4.5");
        let audit = |subject: &str, request: &str| {
            json!({"client": {}, "subject": subject, "request": request}).to_string()
        };
        let by_blanks = audit("$JS.API.STREAM.LIST", &own.body(&json!({})));
        let by_name = audit(&format!("$JS.API.CONSUMER.CREATE.S.{consumer}"), "{}");
        let ours: [(&str, Option<&str>, &str); 6] = [
            (&inbox, None, "{}"),
            ("$JS.API.STREAM.LIST", Some(&inbox), "{}"),
            ("orders.new", Some(&ack), "x"),
            (
                &format!("$JS.EVENT.ADVISORY.CONSUMER.CREATED.S.{consumer}"),
                None,
                "{}",
            ),
            (AUDIT, None, by_blanks.as_str()),
            (AUDIT, None, by_name.as_str()),
        ];
        for (subject, reply, payload) in ours {
            assert!(
                own.is_it(subject, reply, payload.as_bytes()),
                "{subject} {payload}"
            );
            assert!(
                !other.is_it(subject, reply, payload.as_bytes()),
                "{subject} {payload}"
            );
        }
        let named_in_the_answer = json!({
            "subject": "$JS.API.CONSUMER.NAMES.S", "request": "{}", "response": format!("[{consumer}]"),
        });
        for (subject, reply, payload) in [
            ("orders.new", Some("_INBOX.abc"), &consumer),
            (AUDIT, None, &audit("$JS.API.STREAM.LIST", "{}")),
            (AUDIT, None, &named_in_the_answer.to_string()),
            ("elsewhere", None, &by_blanks),
        ] {
            assert!(
                !own.is_it(subject, reply, payload.as_bytes()),
                "{subject} {payload}"
            );
        }
    }
}
