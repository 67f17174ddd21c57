//! The device that listens: answers commands on `/device/cmd`, from the script and from whoever uses the workbench.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::foreign_envelope::{ForeignEnvelope, ForeignPayload, Sender};
use super::random::Random;

/// Where commands come in.
pub const COMMANDS: &str = "/device/cmd";
/// Its name among the senders of the script.
pub const NAME: &str = "mpy-7";
/// Answers in progress at once; further commands are left unanswered, as a small device would.
const ANSWERS: usize = 64;

/// Answers until the subscription ends.
pub async fn answer(
    device: &'static Sender,
    client: async_nats::Client,
    mut commands: async_nats::Subscriber,
    mut random: Random,
    clock: fn() -> Timestamp,
) {
    let mut answers = JoinSet::new();
    while let Some(command) = commands.next().await {
        while answers.try_join_next().is_some() {}
        let Some(request) = Request::read(&command.payload) else {
            continue;
        };
        let inbox = command.reply.map(|reply| reply.to_string());
        let subjects: Vec<String> = [Some(request.reply_to.clone()), inbox]
            .into_iter()
            .flatten()
            .filter(|subject| !subject.is_empty())
            .collect();
        for envelope in request.answers(device, &mut random) {
            for subject in &subjects {
                if answers.len() >= ANSWERS {
                    continue;
                }
                let envelope = ForeignEnvelope {
                    subject: subject.clone(),
                    ..envelope.clone()
                };
                let client = client.clone();
                let delay = Duration::from_millis(random.between(5, 50));
                let mut random = Random::new(random.bits());
                answers.spawn(async move {
                    tokio::time::sleep(delay).await;
                    let body = device.write(&envelope, &mut random, clock());
                    let _ = client.publish(envelope.subject, body.into()).await;
                });
            }
        }
    }
}

/// The part of a command that the device understands, in any dialect.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    correlation_id: String,
    msg_id: String,
    reply_to: String,
    action: String,
}

impl Request {
    fn read(bytes: &[u8]) -> Option<Self> {
        let envelope: Value = serde_json::from_slice(bytes).ok()?;
        let field = |names: [&str; 2]| {
            let found = names.iter().find_map(|name| envelope.get(name)?.as_str());
            found.unwrap_or_default().to_owned()
        };
        Some(Self {
            correlation_id: field(["correlation_id", "correlationId"]),
            msg_id: field(["msg_id", "msgId"]),
            reply_to: field(["reply_to", "replyTo"]),
            action: action(&envelope).unwrap_or_default(),
        })
    }

    /// Usually one answer; some commands it refuses, ignores, or answers twice.
    fn answers(&self, device: &Sender, random: &mut Random) -> Vec<ForeignEnvelope> {
        let reading = json!({"t": random.tenths(19, 27), "pin": 4});
        let reading = device.json("reading", "dictionary", &reading);
        let mut one = |purpose: &str, payload: ForeignPayload| ForeignEnvelope {
            purpose: purpose.to_owned(),
            correlation_id: self.correlation_id.clone(),
            msg_id: device.new_id(random),
            reply_to_msg_id: self.msg_id.clone(),
            payloads: vec![payload],
            ..ForeignEnvelope::default()
        };
        match self.action.as_str() {
            "read_sensor" => vec![one("ACK", reading)],
            "read_twice" => vec![one("ACK", reading.clone()), one("ACK", reading)],
            "open_valve" => vec![one("NACK", device.text("reason", "valve 3 is blocked"))],
            "sleep" => Vec::new(),
            _ => vec![one("ACK", device.text("done", "ok"))],
        }
    }
}

fn action(envelope: &Value) -> Option<String> {
    let data = envelope.get("payloads")?.get(0)?.get("data")?.as_str()?;
    let command: Value = serde_json::from_slice(&STANDARD.decode(data.trim_end()).ok()?).ok()?;
    Some(command.get("action")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::script::Script;

    #[test]
    fn a_command_of_any_dialect_is_answered() {
        let data = STANDARD.encode(r#"{"action":"read_twice"}"#);
        let old = json!({"correlationId": "c", "msgId": "m", "replyTo": "/r", "payloads": [{"data": data}]});
        let new =
            json!({"correlation_id": "c", "msg_id": "m", "reply_to": "/r", "payloads": [{"data": data}]});
        let request = Request::read(old.to_string().as_bytes()).unwrap();
        assert_eq!(Some(&request), Request::read(new.to_string().as_bytes()).as_ref());
        let device = Script::read().unwrap().sender(NAME).unwrap();
        let answers = request.answers(device, &mut Random::new(1));
        assert_eq!(answers.len(), 2);
        assert!(
            answers
                .iter()
                .all(|answer| answer.reply_to_msg_id == "m" && answer.correlation_id == "c")
        );
        assert_ne!(answers[0].msg_id, answers[1].msg_id);
        assert_eq!(Request::read(b"no JSON"), None);
    }
}
