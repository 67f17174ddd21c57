//! What travels on one subject: the shape of each sender's messages, and what changed. Which subject a message belongs to, is
//! the learner's matter.

use super::change::{Against, Change};
use super::compare::compare;
use super::fit::fits;
use super::observation::Observation;
use super::tree::Tree;
use natsbridge_wire::{Code, Dialect, Finding};
use std::sync::Arc;

/// Senders of a subject that are told apart.
const SENDERS: usize = 32;
/// The sender that stands for all others.
const OTHER_SENDERS: &str = "*";
/// Changes of a subject that are kept.
const CHANGES: usize = 64;
/// Bytes of a subject, of a sender and of a change beside their texts and trees.
const SUBJECT: usize = 400;
const SENDER: usize = 160;
const CHANGE: usize = 300;

/// Where a message comes from.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// The name that its sender gives itself.
    pub sender: &'a str,
    /// Its dialect; `None` for what is no envelope.
    pub dialect: Option<Dialect>,
    /// When it came, microseconds since the Unix epoch.
    pub at_us: i64,
    /// Its number.
    pub seq: u64,
}

/// What one sender sends on a subject.
#[derive(Debug, Clone)]
pub struct SenderShape {
    /// The name that it gives itself; `*` for all beyond the number that is told apart.
    pub sender: Arc<str>,
    /// Its dialect.
    pub dialect: Option<Dialect>,
    /// The shape of its messages.
    pub tree: Tree,
}

/// A change, with when it came and how often.
#[derive(Debug, Clone)]
pub struct ShapeEvent {
    /// The change.
    pub change: Change,
    /// Who sent it.
    pub sender: Arc<str>,
    /// Whether it is a difference from the other senders.
    pub from_others: bool,
    /// When it came first, microseconds since the Unix epoch.
    pub first_us: i64,
    /// When it came last.
    pub last_us: i64,
    /// The first message that has it.
    pub seq: u64,
    /// How many messages had it.
    pub count: u64,
}

/// What travels on a subject.
#[derive(Debug, Clone)]
pub struct SubjectShape {
    /// The subject, with `*` for tokens that change.
    pub subject: Arc<str>,
    /// How many subjects it stands for; 1 unless they were folded.
    pub subjects: u64,
    /// What each sender sends.
    pub senders: Vec<SenderShape>,
    /// What changed, the latest last.
    pub events: Vec<ShapeEvent>,
    last_us: i64,
    bytes: usize,
}

impl SubjectShape {
    /// Nothing seen yet; it stands for so many subjects.
    pub(super) fn new(subject: Arc<str>, subjects: u64) -> Self {
        Self {
            bytes: SUBJECT + subject.len(),
            subject,
            subjects,
            senders: Vec::new(),
            events: Vec::new(),
            last_us: 0,
        }
    }

    /// Messages of all senders.
    pub fn messages(&self) -> u64 {
        self.senders.iter().map(|sender| sender.tree.messages()).sum()
    }

    /// When the last message came, microseconds since the Unix epoch.
    pub fn last_us(&self) -> i64 {
        self.last_us
    }

    /// The shape of all senders' messages together.
    pub fn whole(&self) -> Tree {
        let mut whole = Tree::default();
        for sender in &self.senders {
            whole.merge(&sender.tree);
        }
        whole
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Learns from a message, and tells what changed with it. Nothing is told before so many messages as are `stable`.
    pub(super) fn take(
        &mut self,
        sighting: &Sighting<'_>,
        observation: &Observation,
        stable: u64,
    ) -> Vec<Finding> {
        let own = self.sender(sighting);
        let mut findings = Vec::new();
        for (change, told) in self.changes(own, observation, sighting.at_us, stable) {
            if self.note(&change, matches!(told, Told::Others(_)), sighting) {
                findings.push(change.finding(told.against(), observation));
            }
        }
        self.senders[own].tree.learn(observation, sighting.at_us);
        self.last_us = self.last_us.max(sighting.at_us);
        self.bytes = self.weigh();
        findings
    }

    /// Whether the messages of both look alike, so that they may be of one sort.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let tells = |change: &Change| {
            let code = change.code;
            let counts = matches!(
                code,
                Code::ShapeTypeChanged | Code::ShapeFieldGone | Code::ShapeFieldNew
            );
            counts && !change.minor
        };
        !compare(&self.whole(), &other.whole()).iter().any(tells)
    }

    /// The place of a sender, which is made if there is room.
    fn sender(&mut self, sighting: &Sighting<'_>) -> usize {
        let at = |senders: &[SenderShape], name: &str, dialect| {
            let is = |known: &SenderShape| known.dialect == dialect && *known.sender == *name;
            senders.iter().position(is)
        };
        if let Some(at) = at(&self.senders, sighting.sender, sighting.dialect) {
            return at;
        }
        let (name, dialect) = if self.senders.len() < SENDERS {
            (sighting.sender, sighting.dialect)
        } else {
            (OTHER_SENDERS, None)
        };
        at(&self.senders, name, dialect).unwrap_or_else(|| {
            self.senders.push(SenderShape {
                sender: name.into(),
                dialect,
                tree: Tree::default(),
            });
            self.senders.len() - 1
        })
    }

    /// What is new about a message, before it is learned.
    fn changes(&self, own: usize, observation: &Observation, at_us: i64, stable: u64) -> Vec<(Change, Told)> {
        let sender = &self.senders[own];
        let earlier = sender.tree.messages();
        if earlier >= stable {
            if fits(&sender.tree, observation) {
                return Vec::new();
            }
            let changes = compare(&sender.tree, &Tree::of(observation, at_us)).into_iter();
            let told = |change: Change| change.against(Against::Earlier(earlier));
            return changes
                .filter_map(told)
                .map(|change| (change, Told::Earlier(earlier)))
                .collect();
        }
        let mut all = Vec::new();
        let others = self.senders.iter().enumerate();
        let others = others.filter(|(at, other)| *at != own && other.tree.messages() >= stable);
        for (_, other) in others {
            if fits(&other.tree, observation) {
                continue;
            }
            let who = name_of(&other.sender);
            for change in compare(&other.tree, &Tree::of(observation, at_us)) {
                let Some(change) = change.against(Against::Others(who)) else {
                    continue;
                };
                let known =
                    |(known, _): &(Change, Told)| (known.code, &known.path) == (change.code, &change.path);
                if !all.iter().any(known) {
                    all.push((change, Told::Others(who.to_owned())));
                }
            }
        }
        all
    }

    /// Notes a change; whether it is one that was not told yet.
    fn note(&mut self, change: &Change, from_others: bool, sighting: &Sighting<'_>) -> bool {
        let same = |event: &&mut ShapeEvent| {
            let known = &event.change;
            (known.code, &known.path) == (change.code, &change.path) && *event.sender == *sighting.sender
        };
        if let Some(event) = self.events.iter_mut().find(same) {
            event.count += 1;
            event.last_us = event.last_us.max(sighting.at_us);
            // Back and forth is one change.
            let back = event.change.from == change.to || event.change.to == change.to;
            let values = matches!(
                change.code,
                Code::ShapeValueNew | Code::ShapeUnitSuspected | Code::ShapeOrderChanged
            );
            if back || values {
                return false;
            }
            event.change.clone_from(change);
            return true;
        }
        if self.events.len() >= CHANGES {
            self.events.remove(0);
        }
        self.events.push(ShapeEvent {
            change: change.clone(),
            sender: sighting.sender.into(),
            from_others,
            first_us: sighting.at_us,
            last_us: sighting.at_us,
            seq: sighting.seq,
            count: 1,
        });
        true
    }

    fn weigh(&self) -> usize {
        let senders = self.senders.iter();
        let senders: usize = senders
            .map(|sender| SENDER + sender.sender.len() + sender.tree.bytes())
            .sum();
        SUBJECT + self.subject.len() + senders + self.events.len() * CHANGE
    }

    /// Takes over what is known of another subject.
    pub(super) fn merge(&mut self, other: Self) {
        self.subjects += other.subjects;
        self.last_us = self.last_us.max(other.last_us);
        for sender in other.senders {
            let at = self.sender(&Sighting {
                subject: "",
                sender: &sender.sender,
                dialect: sender.dialect,
                at_us: 0,
                seq: 0,
            });
            self.senders[at].tree.merge(&sender.tree);
        }
        self.events.extend(other.events);
        let more = self.events.len().saturating_sub(CHANGES);
        self.events.drain(..more);
        self.bytes = self.weigh();
    }
}

/// What a change is told against.
enum Told {
    Earlier(u64),
    Others(String),
}

impl Told {
    fn against(&self) -> Against<'_> {
        match self {
            Self::Earlier(count) => Against::Earlier(*count),
            Self::Others(who) => Against::Others(who),
        }
    }
}

/// The name of a sender for a sentence.
fn name_of(sender: &str) -> &str {
    if sender.is_empty() {
        "another sender"
    } else {
        sender
    }
}
