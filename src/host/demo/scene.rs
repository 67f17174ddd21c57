//! What a script is given and what it gives back: pure, so that scripts can be tested without a broker.

use std::time::Duration;

use jiff::Timestamp;

use super::assets::DemoAssets;
use super::foreign_envelope::{ForeignEnvelope, ForeignPayload, Sender};
use super::random::Random;
use crate::fileserver::Deposit;
use bytes::Bytes;

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
    /// Files that must be uploaded to the file server first.
    pub uploads: Vec<Deposit>,
}

impl Outgoing {
    /// Bytes for a subject, at once and without headers.
    pub fn new(subject: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            after: Duration::ZERO,
            subject: subject.into(),
            headers: Vec::new(),
            body: body.into(),
            uploads: Vec::new(),
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

/// What a script may draw on.
#[derive(Debug)]
pub struct Scene {
    /// All chance.
    pub random: Random,
    /// The time it is.
    pub now: Timestamp,
    /// The files that peers send.
    pub assets: DemoAssets,
    /// What URLs of the file server begin with.
    pub files: String,
    /// Uploads for the message that is sent next.
    pub uploads: Vec<Deposit>,
}

impl Scene {
    /// An empty message from a sender.
    pub fn envelope(&mut self, sender: Sender, subject: &str) -> ForeignEnvelope {
        sender.envelope(subject, &mut self.random)
    }

    /// The finished message.
    pub fn send(&mut self, sender: Sender, envelope: &ForeignEnvelope) -> Outgoing {
        let body = sender.write(envelope, &mut self.random, self.now);
        Outgoing {
            uploads: std::mem::take(&mut self.uploads),
            ..Outgoing::new(envelope.subject.clone(), body)
        }
    }

    /// Uploads a lasting file to the file server; the same one each time, since many messages may link to it.
    pub fn link(&mut self, name: &str, kind: &'static str, bytes: Bytes) -> ForeignPayload {
        self.upload("demo-lasting", name, kind, bytes, false)
    }

    /// Uploads a one-shot file.
    pub fn link_once(&mut self, name: &str, kind: &'static str, bytes: Bytes) -> ForeignPayload {
        let id = format!("demo-{:016x}", self.random.bits());
        self.upload(&id, name, kind, bytes, true)
    }

    /// A link to a file that is not there, and never was.
    pub fn broken_link(&mut self, name: &str, kind: &'static str, size: usize) -> ForeignPayload {
        let id = self.random.bits();
        Sender::link(
            name,
            kind,
            size,
            format!("{}/file/demo-gone/{id:016x}/{name}", self.files),
        )
    }

    fn upload(
        &mut self,
        id: &str,
        name: &str,
        kind: &'static str,
        bytes: Bytes,
        one_shot: bool,
    ) -> ForeignPayload {
        let deposit = Deposit {
            id: id.to_owned(),
            file: name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect(),
            name: name.to_owned(),
            bytes,
            one_shot,
        };
        let url = format!("{}{}", self.files, deposit.url_path());
        let payload = Sender::link(name, kind, deposit.bytes.len(), url);
        self.uploads.push(deposit);
        payload
    }
}

/// A short piece of traffic: usually one message, sometimes a whole conversation.
pub type Script = fn(&mut Scene) -> Vec<Outgoing>;

/// A scripted peer.
#[derive(Debug)]
pub struct Peer {
    /// Its name as the broker knows it.
    pub name: &'static str,
    /// Shortest and longest pause between two scripts, in milliseconds.
    pub pause_ms: (u64, u64),
    /// How many of its scripts are shown at once when the demo starts.
    pub opening: usize,
    /// What it does, and how often compared with the others.
    pub scripts: &'static [(u64, Script)],
}

impl Peer {
    /// A script drawn by its weight.
    pub fn draw(&self, random: &mut Random) -> Option<Script> {
        let total = self.scripts.iter().map(|(weight, _)| weight).sum();
        let mut at = random.between(0, total);
        for &(weight, script) in self.scripts {
            if at < weight {
                return Some(script);
            }
            at -= weight;
        }
        None
    }
}
