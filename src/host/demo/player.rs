//! How a scene becomes messages: values are filled in, payloads and envelope written as the sender writes them. Pure, so
//! that scenes can be tested without a broker.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::assets::DemoAssets;
use super::foreign_envelope::{ForeignEnvelope, ForeignPayload, Sender};
use super::random::Random;
use super::script::{Scene, ScenePayload, Script};
use crate::fileserver::Deposit;

/// A message ready to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// How long after the one before it.
    pub after: Duration,
    /// Where to.
    pub subject: String,
    /// NATS headers.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Vec<u8>,
    /// Files that must be uploaded to the file server first.
    pub uploads: Vec<Deposit>,
}

/// Plays scenes, with what they draw on.
#[derive(Debug, Clone)]
pub struct ScenePlayer {
    /// What is played.
    pub script: &'static Script,
    /// All chance.
    pub random: Random,
    /// The time that stands in the messages.
    pub clock: fn() -> Timestamp,
    /// The files that peers send.
    pub assets: DemoAssets,
    /// What URLs of the file server begin with.
    pub files: String,
}

/// What the messages of a scene know of each other.
#[derive(Default)]
struct Conversation {
    correlation_id: String,
    /// Values that were filled in, by name.
    known: HashMap<String, String>,
    uploads: Vec<Deposit>,
}

impl ScenePlayer {
    /// Another one, with chance of its own.
    pub fn fork(&mut self) -> Self {
        Self {
            random: Random::new(self.random.bits()),
            ..self.clone()
        }
    }

    /// Plays a scene: its messages, with fresh ids and values.
    pub fn play(&mut self, scene: &Scene) -> Vec<Outgoing> {
        let (mut messages, mut conversation) = (Vec::new(), Conversation::default());
        for n in 0..=scene.again {
            let time = (self.clock)().strftime("%H:%M:%S").to_string();
            conversation.known = HashMap::from([("n".into(), (n + 1).to_string()), ("time".into(), time)]);
            let mut next = Some(scene);
            while let Some(scene) = next {
                messages.push(self.message(scene, &mut conversation));
                next = scene.answer.as_deref();
            }
        }
        messages
    }

    fn message(&mut self, scene: &Scene, conversation: &mut Conversation) -> Outgoing {
        let after = self.random.between(scene.after_ms.0, scene.after_ms.1);
        let mut body: Vec<u8> = if let Some(sender) = self.script.sender(&scene.from) {
            self.envelope(sender, scene, conversation)
        } else {
            let bytes = scene.payloads.first().map(|part| self.bytes(part, conversation));
            bytes.unwrap_or_default().into()
        };
        if scene.cut {
            body.truncate(body.len() * 2 / 3);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &scene.headers {
            headers.insert(name.as_str(), self.filled(value, conversation));
        }
        Outgoing {
            after: Duration::from_millis(after),
            subject: scene.sent_on.as_ref().unwrap_or(&scene.to).clone(),
            headers,
            body,
            uploads: std::mem::take(&mut conversation.uploads),
        }
    }

    fn envelope(&mut self, sender: &Sender, scene: &Scene, conversation: &mut Conversation) -> Vec<u8> {
        let mut envelope = sender.envelope(&scene.to, &mut self.random);
        if conversation.correlation_id.is_empty() {
            conversation.correlation_id.clone_from(&envelope.correlation_id);
        }
        let msg_id = envelope.msg_id.clone();
        envelope = ForeignEnvelope {
            purpose: scene.purpose.clone().unwrap_or(envelope.purpose),
            receiver: scene.receiver.clone(),
            correlation_id: conversation.correlation_id.clone(),
            reply_to: scene.reply_to.clone(),
            reply_to_msg_id: conversation
                .known
                .insert("msg_id".into(), msg_id)
                .unwrap_or_default(),
            ..envelope
        };
        for part in &scene.payloads {
            envelope.payloads.push(self.payload(sender, part, conversation));
        }
        let mut fields = sender.to_json(&envelope, &mut self.random, (self.clock)());
        fields.extend(scene.fields.clone());
        fields.retain(|name, _| !scene.without.contains(name));
        sender.write_json(&Value::Object(fields))
    }

    fn payload(
        &mut self,
        sender: &Sender,
        part: &ScenePayload,
        conversation: &mut Conversation,
    ) -> ForeignPayload {
        let (name, kind) = (self.filled(&part.name, conversation), part.kind.as_str());
        let mut payload = if part.gone {
            let url = format!("{}/file/demo-gone/{:016x}/{name}", self.files, self.random.bits());
            Sender::link(&name, kind, 0, url)
        } else {
            let bytes = self.bytes(part, conversation);
            if part.link {
                let deposit = self.deposit(&name, bytes, part.once);
                let url = format!("{}{}", self.files, deposit.url_path());
                let size = deposit.bytes.len();
                conversation.uploads.push(deposit);
                Sender::link(&name, kind, size, url)
            } else {
                match serde_json::from_slice::<Value>(&bytes) {
                    Ok(value) if matches!(kind, "dictionary" | "jsontable") => {
                        sender.json(&name, kind, &value)
                    }
                    _ => sender.direct(&name, kind, &bytes),
                }
            }
        };
        payload.size = part.size.unwrap_or(payload.size);
        payload.data = part.data.clone().unwrap_or(payload.data);
        payload
    }

    /// A file for the file server; a lasting one is the same each time, since many messages may link to it.
    fn deposit(&mut self, name: &str, bytes: Bytes, one_shot: bool) -> Deposit {
        let id = if one_shot {
            format!("demo-{:016x}", self.random.bits())
        } else {
            "demo-lasting".to_owned()
        };
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        Deposit {
            id,
            file: name.chars().map(plain).collect(),
            name: name.to_owned(),
            bytes,
            one_shot,
        }
    }

    fn bytes(&mut self, part: &ScenePayload, conversation: &mut Conversation) -> Bytes {
        if let Some(file) = &part.file {
            let name = self.filled(file, conversation);
            let bytes = self.assets.file(&name);
            return bytes.slice(..bytes.len() * part.percent.unwrap_or(100) / 100);
        }
        if part.random > 0 {
            return (0..part.random).map(|_| self.random.bits() as u8).collect();
        }
        self.filled(&part.text, conversation).into()
    }

    /// The text with a value for each `<…>`.
    fn filled(&mut self, text: &str, conversation: &mut Conversation) -> String {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, name, after)) = placeholder(rest) {
            filled += before;
            filled += &self.value(name, conversation);
            rest = after;
        }
        filled + rest
    }

    fn value(&mut self, name: &str, conversation: &mut Conversation) -> String {
        if let Some(range) = self.in_range(name) {
            return range;
        }
        let known = &mut conversation.known;
        match self.script.words.get(name) {
            Some(words) if !known.contains_key(name) => {
                let word = self.random.pick(words).clone();
                known.insert(name.to_owned(), word.clone());
                word
            }
            _ => known.get(name).cloned().unwrap_or_default(),
        }
    }

    /// A number of `40..70` or `1.0..99.0`.
    fn in_range(&mut self, text: &str) -> Option<String> {
        let (low, high) = text.split_once("..")?;
        if let (Ok(low), Ok(high)) = (low.parse(), high.parse()) {
            return Some(self.random.between(low, high).to_string());
        }
        let whole = |text: &str| text.strip_suffix(".0")?.parse().ok();
        Some(format!("{:.1}", self.random.tenths(whole(low)?, whole(high)?)))
    }
}

/// What stands before the first `<…>`, in it, and behind it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (name, after) = rest.split_once('>')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSETS: DemoAssets = DemoAssets(&[("sunset", b"png"), ("weather", b"0123456789")]);

    fn player() -> ScenePlayer {
        ScenePlayer {
            script: Script::read().unwrap(),
            random: Random::new(1),
            clock: || Timestamp::UNIX_EPOCH,
            assets: ASSETS,
            files: "http://files".into(),
        }
    }

    fn played(scene: &str) -> Vec<Outgoing> {
        player().play(&toml::from_str(scene).unwrap())
    }

    fn json(message: &Outgoing) -> Value {
        serde_json::from_slice(&message.body).unwrap()
    }

    #[test]
    fn every_scene_of_the_script_can_be_played() {
        let mut player = player();
        for peer in &player.script.peers {
            assert!(peer.opening <= peer.scenes.len(), "{}", peer.name);
            assert!(peer.draw(&mut player.random, 0).is_some(), "{}", peer.name);
            for scene in &peer.scenes {
                assert!(scene.weight > 0 && !scene.to.is_empty(), "{scene:?}");
                assert!(
                    scene.from.is_empty() || player.script.sender(&scene.from).is_some(),
                    "{scene:?}"
                );
                let known = |name: &str| name.contains("..") || ["n", "time", "msg_id"].contains(&name);
                for part in &scene.payloads {
                    let found = placeholder(&part.text).map(|(_, name, _)| name);
                    let found = found.filter(|name| !known(name));
                    assert!(
                        found.is_none_or(|name| player.script.words.contains_key(name)),
                        "{part:?}"
                    );
                }
                assert!(player.play(scene).len() as u64 > scene.again, "{scene:?}");
            }
        }
    }

    #[test]
    fn after_a_minute_prices_are_whole_numbers() {
        let mut player = player();
        let peers = &player.script.peers;
        let peer = peers
            .iter()
            .find(|peer| peer.name.starts_with("py-edge"))
            .unwrap();
        let mut files = |second: u64| {
            let mut drawn: Vec<&str> = (0..2000)
                .filter_map(|_| peer.draw(&mut player.random, second)?.payloads[0].file.as_deref())
                .filter(|file| file.starts_with("prices"))
                .collect();
            drawn.sort_unstable();
            drawn.dedup();
            drawn
        };
        assert_eq!((files(59), files(60)), (vec!["prices"], vec!["prices_whole"]));
    }

    #[test]
    fn an_answer_belongs_to_its_question() {
        let messages = played(
            "from='jl-calc'\nto='/q'\npayloads=[{kind='text',text='<dish>'}]\n\
             answer={from='web-ui',to='/a',purpose='ACK',payloads=[{kind='text',text='<dish>'}]}",
        );
        let (question, answer) = (json(&messages[0]), json(&messages[1]));
        assert_eq!(question["correlationId"], answer["correlation_id"]);
        assert_eq!(question["msgId"], answer["reply_to_msg_id"]);
        assert_eq!(question["replyToMsgId"], "");
        assert_eq!(question["payloads"][0]["data"], answer["payloads"][0]["data"]);
        assert_eq!(answer["msg_purpose"], "ACK");
    }

    #[test]
    fn more_of_a_kind_are_one_conversation_without_answers() {
        let messages =
            played("again=2\nafter_ms=[30,30]\nfrom='web-ui'\nto='/p'\npayloads=[{kind='text',text='<n>'}]");
        let texts: Vec<Value> = messages
            .iter()
            .map(|message| json(message)["payloads"][0]["data"].clone())
            .collect();
        assert_eq!(texts, ["MQ==", "Mg==", "Mw=="]);
        assert!(
            messages
                .iter()
                .all(|message| message.after == Duration::from_millis(30))
        );
        let [first, .., last] = [0, 1, 2].map(|at| json(&messages[at]));
        assert_eq!(first["correlation_id"], last["correlation_id"]);
        assert_ne!(first["msg_id"], last["msg_id"]);
        assert_eq!(last["reply_to_msg_id"], "");
    }

    #[test]
    fn what_is_wrong_on_purpose_is_wrong() {
        let message = &played(
            "from='rogue-3'\nto='/b'\nsent_on='elsewhere'\nwithout=['timestamp']\nfields={brokerURL='x'}\n\
             payloads=[{kind='table',file='weather',percent=60},{kind='text',data='*',size=9},\
             {name='r',kind='table',gone=true,size=7}]",
        )[0];
        let envelope = json(message);
        assert_eq!(
            (message.subject.as_str(), &envelope["sendTo"]),
            ("elsewhere", &"/b".into())
        );
        assert_eq!(
            (envelope.get("timestamp"), &envelope["brokerURL"]),
            (None, &"x".into())
        );
        let payloads = &envelope["payloads"];
        assert_eq!(
            (&payloads[0]["size"], &payloads[0]["data"]),
            (&6.into(), &"MDEyMzQ1".into())
        );
        assert_eq!(
            (&payloads[1]["size"], &payloads[1]["data"]),
            (&9.into(), &"*".into())
        );
        assert_eq!(
            (&payloads[2]["size"], &payloads[2]["transport"]),
            (&7.into(), &"link".into())
        );
    }

    #[test]
    fn a_link_is_uploaded_with_its_message() {
        let message = &played(
            "from='web-ui'\nto='/l'\npayloads=[{name='a b.png',kind='image',file='sunset',link=true}]",
        )[0];
        let envelope = json(message);
        assert_eq!(
            envelope["payloads"][0]["data"],
            "http://files/file/demo-lasting/a-b-png/a%20b.png"
        );
        assert_eq!(message.uploads[0].bytes, "png");
    }
}
