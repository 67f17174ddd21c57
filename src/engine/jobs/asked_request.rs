//! A message interpreted as a request: where its answer goes, and what the answer inherits from it. Pure.

use crate::bridge::SendOptions;
use crate::message::StoredMessage;
use crate::subjects::check_subject;
use bytes::Bytes;
use natsbridge_wire::{Dialect, Envelope, Limits, read_with, write_envelope};

/// Prefix of the broker's own subjects. A request may name any subject for its answer; with one of these it could
/// make us delete a stream.
const BROKERS_OWN: char = '$';

/// A request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Subjects that the answer goes to: the envelope's `reply_to`, then the NATS reply where it is another one.
    pub places: Vec<String>,
    /// The dialect of its envelope; `None` if it is none.
    pub dialect: Option<Dialect>,
    /// The id that the answer names as the one it answers; empty if it has none.
    pub msg_id: String,
    /// Correlation id; empty if it has none.
    pub correlation_id: String,
    /// Sender's name.
    pub sender_name: String,
    /// Sender's id.
    pub sender_id: String,
}

/// Why a message gets no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswerable {
    /// It is an answer of the same responder.
    Own,
    /// It has no reply subject.
    Nowhere,
    /// It is traffic of the broker itself, which only arrives if a pattern names it.
    Brokers,
}

impl Asked {
    /// Interprets a message received on `pattern`; `own` is the sender id of the responder.
    pub(super) fn of(
        message: &StoredMessage,
        pattern: &str,
        own: &str,
        limits: &Limits,
    ) -> Result<Self, Unanswerable> {
        if message.subject.starts_with(BROKERS_OWN) && !pattern.starts_with(BROKERS_OWN) {
            return Err(Unanswerable::Brokers);
        }
        let mut asked = Self::default();
        if let Some((dialect, envelope)) = read_with(&message.payload, limits).envelope {
            if envelope.sender_id == own {
                return Err(Unanswerable::Own);
            }
            asked.dialect = Some(dialect);
            asked.msg_id = envelope.msg_id.into_owned();
            asked.correlation_id = envelope.correlation_id.into_owned();
            asked.sender_name = envelope.sender_name.into_owned();
            asked.sender_id = envelope.sender_id.into_owned();
            asked.places.push(envelope.reply_to.into_owned());
        }
        asked.places.extend(message.reply.clone());
        asked
            .places
            .retain(|place| check_subject(place).is_ok() && !place.starts_with(BROKERS_OWN));
        asked.places.dedup();
        if asked.places.is_empty() {
            return Err(Unanswerable::Nowhere);
        }
        Ok(asked)
    }

    /// The options of an answer: unset fields of the conversation come from the request.
    pub(super) fn answer(&self, options: SendOptions, dialect: Option<Dialect>) -> SendOptions {
        let or = |own: String, asked: &str| if own.is_empty() { asked.to_owned() } else { own };
        SendOptions {
            dialect: dialect.or(self.dialect).unwrap_or(options.dialect),
            correlation_id: (options.correlation_id)
                .or_else(|| Some(self.correlation_id.clone()).filter(|id| !id.is_empty())),
            reply_to_msg_id: or(options.reply_to_msg_id, &self.msg_id),
            receiver_name: or(options.receiver_name, &self.sender_name),
            receiver_id: or(options.receiver_id, &self.sender_id),
            ..options
        }
    }

    /// The request's own payloads as the answer to it, exactly as they came: direct ones by their very text, links as
    /// links. A request that is no envelope is its own answer. `own` has the ids, the time and the sender of the answer. Beside the
    /// bytes stands the purpose.
    pub(super) fn echo(
        &self,
        message: &StoredMessage,
        own: Envelope<'_>,
        limits: &Limits,
    ) -> (Bytes, String) {
        let Some((dialect, envelope)) = read_with(&message.payload, limits).envelope else {
            return (message.payload.clone(), String::new());
        };
        let answer = Envelope {
            msg_id: own.msg_id,
            timestamp: own.timestamp,
            sender_name: own.sender_name,
            sender_id: own.sender_id,
            send_to: self.places.first().map_or("", String::as_str).into(),
            receiver_name: envelope.sender_name,
            receiver_id: envelope.sender_id,
            reply_to: "".into(),
            reply_to_msg_id: envelope.msg_id,
            ..envelope
        };
        (
            write_envelope(&answer, dialect).into(),
            answer.msg_purpose.into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::{DIALECTS, Data, EnvelopePayload, Kind, decode_message};

    fn message(subject: &str, reply: Option<&str>, payload: impl Into<Bytes>) -> StoredMessage {
        StoredMessage {
            seq: 1,
            at_us: 0,
            subject: subject.into(),
            reply: reply.map(str::to_owned),
            headers: vec![],
            payload: payload.into(),
        }
    }

    fn envelope(reply_to: &str) -> Envelope<'static> {
        Envelope {
            msg_id: "m-1".into(),
            correlation_id: "c-1".into(),
            sender_name: "ada".into(),
            sender_id: "s-1".into(),
            reply_to: reply_to.to_owned().into(),
            msg_purpose: "chat".into(),
            payloads: vec![
                EnvelopePayload::direct("p-1", "text", Kind::Text, b"hello"),
                EnvelopePayload::link("p-2", "film", Kind::Video, "http://h/f", 9),
            ],
            ..Envelope::default()
        }
    }

    fn asked(message: &StoredMessage) -> Result<Asked, Unanswerable> {
        Asked::of(message, "a.>", "own", &Limits::default())
    }

    #[test]
    fn an_answer_goes_where_the_envelope_says_and_where_nats_says() {
        for (reply_to, reply, places) in [
            ("back", None, vec!["back"]),
            ("back", Some("_INBOX.1"), vec!["back", "_INBOX.1"]),
            ("back", Some("back"), vec!["back"]),
            ("", Some("_INBOX.1"), vec!["_INBOX.1"]),
            ("no subject", Some("$JS.ACK.S.c.1"), vec![]),
            ("", None, vec![]),
            ("$JS.API.STREAM.DELETE.S", None, vec![]),
        ] {
            let written = write_envelope(&envelope(reply_to), Dialect::V0_4);
            let asked = asked(&message("a.b", reply, written));
            match asked {
                Ok(asked) => assert_eq!(asked.places, places),
                Err(why) => assert!(places.is_empty() && why == Unanswerable::Nowhere),
            }
        }
        assert_eq!(
            asked(&message("a.b", Some("x"), "plain")).unwrap().places,
            ["x"],
            "what is no envelope may ask too"
        );
    }

    #[test]
    fn own_answers_and_the_brokers_traffic_are_no_requests() {
        let own = Envelope {
            sender_id: "own".into(),
            ..envelope("back")
        };
        let own = message("a.b", None, write_envelope(&own, Dialect::Universal));
        assert_eq!(asked(&own), Err(Unanswerable::Own));
        let api = message("$JS.API.INFO", Some("_INBOX.1"), "");
        let limits = Limits::default();
        assert_eq!(Asked::of(&api, ">", "own", &limits), Err(Unanswerable::Brokers));
        assert!(Asked::of(&api, "$JS.>", "own", &limits).is_ok());
    }

    #[test]
    fn an_echo_has_the_very_payloads_in_every_dialect() {
        let own = || Envelope {
            msg_id: "m-2".into(),
            timestamp: "2026-11-26T00:00:00.000Z".into(),
            sender_name: "echo".into(),
            sender_id: "own".into(),
            ..Envelope::default()
        };
        for row in DIALECTS {
            let request = message("a.b", None, write_envelope(&envelope("back"), row.dialect));
            let asked = asked(&request).unwrap();
            let (echo, purpose) = asked.echo(&request, own(), &Limits::default());
            assert_eq!(purpose, "chat");
            let echo = decode_message(&echo, "back", &Limits::default());
            let (dialect, answer) = echo.envelope.unwrap();
            // Without a table v0.4.3 cannot be told from v0.5: the answer is written as the request is read.
            let asked_in = decode_message(&request.payload, "a.b", &Limits::default());
            assert_eq!(dialect, asked_in.envelope.unwrap().0, "{}", row.name);
            assert_eq!((&*answer.msg_id, &*answer.reply_to_msg_id), ("m-2", "m-1"));
            assert_eq!((&*answer.correlation_id, &*answer.receiver_name), ("c-1", "ada"));
            assert_eq!((&*answer.send_to, &*answer.reply_to), ("back", ""));
            assert_eq!(echo.payloads[0].body, "hello".into(), "{}", row.name);
            assert_eq!(echo.payloads[1].url.as_deref(), Some("http://h/f"));
            assert!(matches!(answer.payloads[0].data, Data::Missing));
            assert_eq!(answer.payloads[0].id, "p-1");
        }
        let plain = message("a.b", Some("x"), "plain");
        let echo = asked(&plain).unwrap().echo(&plain, own(), &Limits::default());
        assert_eq!(echo, (Bytes::from("plain"), String::new()));
    }

    #[test]
    fn an_answer_takes_over_the_conversation_where_it_says_nothing_itself() {
        let request = message("a.b", None, write_envelope(&envelope("back"), Dialect::V0_5));
        let asked = asked(&request).unwrap();
        let options = asked.answer(
            SendOptions {
                msg_purpose: "ACK".into(),
                ..SendOptions::default()
            },
            None,
        );
        assert_eq!((options.dialect, &*options.msg_purpose), (Dialect::V0_5, "ACK"));
        assert_eq!(options.correlation_id.as_deref(), Some("c-1"));
        assert_eq!((&*options.reply_to_msg_id, &*options.reply_to), ("m-1", ""));
        assert_eq!((&*options.receiver_name, &*options.receiver_id), ("ada", "s-1"));
        let own = SendOptions {
            correlation_id: Some("mine".into()),
            receiver_name: "eve".into(),
            ..SendOptions::default()
        };
        let options = asked.answer(own, Some(Dialect::V0_0));
        assert_eq!((options.dialect, &*options.receiver_name), (Dialect::V0_0, "eve"));
        assert_eq!(options.correlation_id.as_deref(), Some("mine"));
    }
}
