//! What the tests of the timeline stand on: messages that arrive one after the other, and the conversations they make.

use natsbridge_engine::{ConversationId, ConversationView, Headers, Incoming, Store};
use natsbridge_wire::Limits;
use serde_json::json;

/// 2026-11-22 12:01:02.118 UTC.
pub const START_US: i64 = 1_795_348_862_118_000;

/// Messages that arrive in a store.
pub struct Talk {
    pub store: Store,
    pub now_us: i64,
}

/// An envelope with these fields (snake_case) and one text payload.
pub fn letter(fields: &[(&str, &str)], text: &str) -> String {
    let mut envelope = json!({
        "correlation_id": "c", "msg_id": "", "timestamp": "2026-11-22T12:01:02.118Z", "send_to": "", "msg_purpose": "chat",
        "sender_name": "", "sender_id": "s", "receiver_name": "", "receiver_id": "", "reply_to": "", "reply_to_msg_id": "",
        "broker_url": "nats://127.0.0.1:4222", "metadata": {},
        "payloads": [{"id": "1", "dataname": "text", "payload_type": "text", "transport": "direct", "encoding": "base64",
            "size": text.len(), "data": natsbridge_wire::encode_base64(text.as_bytes()), "metadata": {}}],
    });
    for (field, value) in fields {
        envelope[*field] = json!(value);
    }
    envelope.to_string()
}

impl Talk {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        change(&mut limits);
        Self {
            store: Store::new(limits.into()),
            now_us: START_US,
        }
    }

    /// Milliseconds pass.
    pub fn wait(&mut self, millis: i64) -> &mut Self {
        self.now_us += millis * 1000;
        self
    }

    /// A message arrives; gives its number.
    pub fn arrives(&mut self, subject: &str, reply: Option<&str>, payload: &[u8]) -> u64 {
        self.store.append([Incoming {
            at_us: self.now_us,
            subject,
            reply,
            headers: Headers::default(),
            payload,
        }]);
        while self.store.digest_pending(64) > 0 {}
        self.store.range().end - 1
    }

    /// An envelope arrives; gives its number.
    pub fn says(&mut self, subject: &str, fields: &[(&str, &str)]) -> u64 {
        self.arrives(subject, None, letter(fields, "hello").as_bytes())
    }

    /// A request of `web-ui` on `/cmd`, answered on `/resp`.
    pub fn asks(&mut self, correlation: &str, msg_id: &str) -> u64 {
        let fields = [
            ("correlation_id", correlation),
            ("msg_id", msg_id),
            ("sender_name", "web-ui"),
            ("reply_to", "/resp"),
        ];
        self.says("/cmd", &fields)
    }

    /// An answer of `py-7` to it.
    pub fn answers(&mut self, correlation: &str, msg_id: &str, request: &str) -> u64 {
        self.answers_with(correlation, msg_id, request, "ok")
    }

    pub fn answers_with(&mut self, correlation: &str, msg_id: &str, request: &str, text: &str) -> u64 {
        let fields = [
            ("correlation_id", correlation),
            ("msg_id", msg_id),
            ("sender_name", "py-7"),
            ("reply_to_msg_id", request),
        ];
        self.arrives("/resp", None, letter(&fields, text).as_bytes())
    }

    /// The conversation of a message.
    pub fn of(&self, seq: u64) -> Option<ConversationId> {
        self.store.row(seq)?.digest?.conversation
    }

    pub fn view(&self, seq: u64) -> ConversationView {
        let id = self.of(seq).expect("it belongs to a conversation");
        let view = self
            .store
            .timeline(|timeline| timeline.view(id, self.now_us, usize::MAX));
        view.expect("the conversation is kept")
    }

    /// All conversations, in the order in which they began.
    pub fn all(&self) -> Vec<ConversationView> {
        self.store.timeline(|timeline| {
            let mut ids = Vec::new();
            timeline.each(self.now_us, |brief| ids.push(brief.id));
            ids.sort();
            let views = ids
                .into_iter()
                .filter_map(|id| timeline.view(id, self.now_us, usize::MAX));
            views.collect()
        })
    }
}
