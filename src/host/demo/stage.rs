//! What a scene is given and what it gives back: pure, so that scenes can be tested without a broker.

use std::time::Duration;

use jiff::Timestamp;

use super::letter::{Letter, Voice};
use super::random::Random;

/// A message ready to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// How long after the one before it.
    pub after: Duration,
    /// Where to.
    pub subject: String,
    /// NATS headers.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// Bytes for a subject, at once and without headers.
    pub fn new(subject: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            after: Duration::ZERO,
            subject: subject.into(),
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The same, later.
    pub fn after_ms(self, milliseconds: u64) -> Self {
        Self {
            after: Duration::from_millis(milliseconds),
            ..self
        }
    }

    /// The same with a NATS header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What a scene may draw on.
#[derive(Debug)]
pub struct Stage {
    /// All chance.
    pub random: Random,
    /// The time it is.
    pub now: Timestamp,
}

impl Stage {
    /// An empty message from a voice.
    pub fn letter(&mut self, voice: Voice, subject: &str) -> Letter {
        voice.letter(subject, &mut self.random)
    }

    /// The finished message.
    pub fn send(&mut self, voice: Voice, letter: &Letter) -> Outgoing {
        Outgoing::new(
            letter.subject.clone(),
            voice.write(letter, &mut self.random, self.now),
        )
    }
}

/// A short piece of traffic: usually one message, sometimes a whole conversation.
pub type Scene = fn(&mut Stage) -> Vec<Outgoing>;

/// A scripted peer.
#[derive(Debug)]
pub struct Peer {
    /// Its name as the broker knows it.
    pub name: &'static str,
    /// Shortest and longest pause between two scenes, in milliseconds.
    pub pause_ms: (u64, u64),
    /// How many of its scenes are shown at once when the demo starts.
    pub opening: usize,
    /// What it does, and how often compared with the others.
    pub scenes: &'static [(u64, Scene)],
}

impl Peer {
    /// A scene drawn by its weight.
    pub fn draw(&self, random: &mut Random) -> Option<Scene> {
        let total = self.scenes.iter().map(|(weight, _)| weight).sum();
        let mut at = random.between(0, total);
        for &(weight, scene) in self.scenes {
            if at < weight {
                return Some(scene);
            }
            at -= weight;
        }
        None
    }
}
