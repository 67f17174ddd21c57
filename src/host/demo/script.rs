//! The script of the demo: the peers, their scenes, and the words that they use, as `scenes.toml` has them. How a scene
//! becomes messages is said elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::foreign_envelope::Sender;
use super::random::Random;

/// All that the demo says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What a scene may pick from, by name.
    pub words: HashMap<String, Vec<String>>,
    senders: Vec<Sender>,
    /// The peers, in the order in which they start.
    pub peers: Vec<Peer>,
}

/// A scripted peer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its name as the broker knows it.
    pub name: String,
    /// Shortest and longest pause between two scenes, in milliseconds.
    pub pause_ms: (u64, u64),
    /// How many of its scenes are shown at once when the demo starts.
    pub opening: usize,
    /// What it says.
    pub scenes: Vec<Scene>,
}

/// A short piece of traffic: usually one message, sometimes a whole conversation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scene {
    /// How often it is played, compared with the others of its peer.
    pub weight: u64,
    /// How many more of its kind follow.
    pub again: u64,
    /// From which second of the demo on it is played.
    pub from_s: u64,
    /// Until which second; without one, for ever.
    pub until_s: Option<u64>,
    /// How long after the message before it, at least and at most.
    pub after_ms: (u64, u64),
    /// The name of its sender; without one it is sent without an envelope.
    pub from: String,
    /// The subject.
    pub to: String,
    /// The subject that it is really sent on, where the envelope lies.
    pub sent_on: Option<String>,
    /// NATS headers.
    pub headers: BTreeMap<String, String>,
    /// The purpose, `chat` unless said otherwise.
    pub purpose: Option<String>,
    /// Whom it is for, or nothing.
    pub receiver: String,
    /// Where answers go, or nothing.
    pub reply_to: String,
    /// What it carries.
    pub payloads: Vec<ScenePayload>,
    /// Fields of the envelope that are overwritten.
    pub fields: BTreeMap<String, Value>,
    /// Fields of the envelope that are missing.
    pub without: Vec<String>,
    /// Whether its end is cut off.
    pub cut: bool,
    /// The answer that somebody gives.
    pub answer: Option<Box<Scene>>,
}

/// A payload of a scene: a text, a file, or noise, and what is wrong with it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScenePayload {
    /// Its name.
    pub name: String,
    /// Its kind, in the words of v0.4 and `jsontable`.
    pub kind: String,
    /// The text; as JSON it is written as the sender's language does.
    pub text: String,
    /// The file, instead of a text.
    pub file: Option<String>,
    /// How much of the file there is.
    pub percent: Option<usize>,
    /// So many random bytes, instead of a text.
    pub random: usize,
    /// Whether it is left at the file server.
    pub link: bool,
    /// Whether the first download consumes it.
    pub once: bool,
    /// Whether it is a link to a file that is not there, and never was.
    pub gone: bool,
    /// What stands in the message instead of its bytes.
    pub data: Option<String>,
    /// What the sender calls the size, where that is not so.
    pub size: Option<usize>,
}

impl Script {
    /// The script that the program carries.
    pub fn read() -> Result<&'static Self, toml::de::Error> {
        static SCRIPT: LazyLock<Result<Script, toml::de::Error>> =
            LazyLock::new(|| toml::from_str(include_str!("scenes.toml")));
        SCRIPT.as_ref().map_err(Clone::clone)
    }

    /// The sender of that name.
    pub fn sender(&self, name: &str) -> Option<&Sender> {
        self.senders.iter().find(|sender| sender.name == name)
    }
}

impl Peer {
    /// A scene drawn by its weight, of those that are played in this second of the demo.
    pub fn draw(&self, random: &mut Random, second: u64) -> Option<&Scene> {
        let played =
            |scene: &&Scene| scene.from_s <= second && scene.until_s.is_none_or(|until| second < until);
        let scenes = || self.scenes.iter().filter(played);
        let mut at = random.between(0, scenes().map(|scene| scene.weight).sum());
        scenes().find(|scene| {
            let drawn = at < scene.weight;
            at = at.saturating_sub(scene.weight);
            drawn
        })
    }
}
