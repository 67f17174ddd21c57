//! Learns the shapes of all messages by subject, sender and dialect, within a bound of memory, and tells what changes. What a
//! shape is, and how two differ, is decided elsewhere.

use super::folding::{Alike, stands_for};
use super::observation::Observation;
use super::subject_shape::{Sighting, SubjectShape};
use natsbridge_wire::{DecodedMessage, Finding, Limits};
use std::collections::HashMap;
use std::sync::Arc;

/// Subjects whose place is remembered, so that patterns are not gone through for each message.
const REMEMBERED: usize = 16_384;
/// When there is no room, this share of the subjects goes: those not seen for longest.
const FORGOTTEN: usize = 8;

/// The shapes of all messages.
#[derive(Debug)]
pub struct Shapes {
    subjects: HashMap<Arc<str>, SubjectShape>,
    /// Where the messages of a subject are counted.
    places: HashMap<Box<str>, Arc<str>>,
    /// Patterns that stand for several subjects.
    folded: Vec<Arc<str>>,
    alike: Alike,
    bytes: usize,
    most: usize,
    stable: u64,
    /// Messages that were learned from.
    pub messages: u64,
    /// Subjects that were forgotten for want of memory.
    pub forgotten: u64,
}

impl Shapes {
    /// Nothing learned yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            subjects: HashMap::new(),
            places: HashMap::new(),
            folded: Vec::new(),
            alike: Alike::default(),
            bytes: 0,
            most: limits.shape_memory,
            stable: limits.shape_stable,
            messages: 0,
            forgotten: 0,
        }
    }

    /// Learns from a decoded message, and tells what changed with it. Where nobody knows its subject, it is the one that its
    /// envelope names.
    pub fn learn(
        &mut self,
        message: &DecodedMessage<'_>,
        subject: &str,
        at_us: i64,
        seq: u64,
    ) -> Vec<Finding> {
        let envelope = message.envelope.as_ref();
        let sighting = Sighting {
            subject: match (subject, envelope) {
                ("", Some((_, envelope))) => &envelope.send_to,
                _ => subject,
            },
            sender: envelope.map_or("", |(_, envelope)| &envelope.sender_name),
            dialect: envelope.map(|(dialect, _)| *dialect),
            at_us,
            seq,
        };
        self.take(&sighting, &Observation::of(message))
    }

    /// Learns from a message, and tells what changed with it.
    pub fn take(&mut self, sighting: &Sighting<'_>, observation: &Observation) -> Vec<Finding> {
        self.messages += 1;
        let place = self.place(sighting.subject);
        let Some(shape) = self.subjects.get_mut(&place) else {
            return Vec::new();
        };
        let before = shape.bytes();
        let findings = shape.take(sighting, observation, self.stable);
        self.bytes = (self.bytes + shape.bytes()).saturating_sub(before);
        if self.bytes() > self.most {
            self.make_room();
        }
        findings
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        self.bytes + self.alike.bytes() + self.places.len() * 120
    }

    /// Every subject, by name.
    pub fn all(&self) -> Vec<&SubjectShape> {
        let mut all: Vec<&SubjectShape> = self.subjects.values().collect();
        all.sort_by(|a, b| a.subject.cmp(&b.subject));
        all
    }

    /// What travels on this subject.
    pub fn of(&self, subject: &str) -> Option<&SubjectShape> {
        let pattern = || self.folded.iter().find(|pattern| stands_for(pattern, subject));
        self.subjects
            .get(subject)
            .or_else(|| self.subjects.get(pattern()?))
    }

    /// Where messages of this subject are counted; makes the place if there is none.
    fn place(&mut self, subject: &str) -> Arc<str> {
        if let Some(place) = self.places.get(subject)
            && self.subjects.contains_key(place)
        {
            return place.clone();
        }
        let pattern = self.folded.iter().find(|pattern| stands_for(pattern, subject));
        let place = match pattern {
            Some(pattern) => {
                let pattern = pattern.clone();
                if !self.places.contains_key(subject)
                    && let Some(shape) = self.subjects.get_mut(&pattern)
                {
                    shape.subjects += 1;
                }
                pattern
            }
            None => self.begin(&subject.into()),
        };
        if self.places.len() >= REMEMBERED {
            self.places.clear();
        }
        self.places.insert(subject.into(), place.clone());
        place
    }

    fn begin(&mut self, subject: &Arc<str>) -> Arc<str> {
        let shape = SubjectShape::new(subject.clone(), 1);
        self.bytes += shape.bytes();
        self.subjects.insert(subject.clone(), shape);
        let mut place = subject.clone();
        for (pattern, alike) in self.alike.note(subject) {
            if let Some(folded) = self.fold(&pattern, &alike) {
                place = folded;
                break;
            }
        }
        place
    }

    /// Folds subjects into one, where their shapes agree.
    fn fold(&mut self, pattern: &str, alike: &[Arc<str>]) -> Option<Arc<str>> {
        let known: Vec<&SubjectShape> = alike.iter().filter_map(|one| self.subjects.get(one)).collect();
        let (first, others) = known.split_first()?;
        if !others.iter().all(|other| first.agrees(other)) {
            return None;
        }
        let name: Arc<str> = pattern.into();
        let mut whole = SubjectShape::new(name.clone(), 0);
        for subject in alike {
            if let Some(shape) = self.subjects.remove(subject) {
                self.bytes = self.bytes.saturating_sub(shape.bytes());
                whole.merge(shape);
            }
        }
        self.folded.retain(|known| !stands_for(pattern, known));
        self.folded.push(name.clone());
        self.bytes += whole.bytes();
        self.subjects.insert(name.clone(), whole);
        self.places.retain(|_, place| self.subjects.contains_key(place));
        // It may be one of several that are alike themselves.
        for (pattern, alike) in self.alike.note(&name) {
            if let Some(folded) = self.fold(&pattern, &alike) {
                return Some(folded);
            }
        }
        Some(name)
    }

    /// Forgets the subjects that were not seen for longest.
    fn make_room(&mut self) {
        let mut by_age: Vec<(i64, Arc<str>)> = self
            .subjects
            .values()
            .map(|shape| (shape.last_us(), shape.subject.clone()))
            .collect();
        by_age.sort_unstable();
        let least = by_age.len().div_ceil(FORGOTTEN);
        self.places.clear();
        self.alike = Alike::default();
        for (at, (_, subject)) in by_age.into_iter().enumerate() {
            if at >= least && self.bytes() <= self.most / 2 {
                break;
            }
            if let Some(shape) = self.subjects.remove(&subject) {
                self.bytes = self.bytes.saturating_sub(shape.bytes());
                self.forgotten += 1;
            }
            self.folded.retain(|known| *known != subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::decode_message;

    fn shapes(change: impl FnOnce(&mut Limits)) -> Shapes {
        let mut limits = Limits::DEFAULT;
        change(&mut limits);
        Shapes::new(&limits)
    }

    fn learn(shapes: &mut Shapes, subject: &str, text: &str) -> Vec<Finding> {
        let raw = bytes::Bytes::copy_from_slice(text.as_bytes());
        let seq = shapes.messages + 1;
        let message = decode_message(&raw, subject, &Limits::DEFAULT);
        shapes.learn(&message, subject, seq as i64 * 1000, seq)
    }

    #[test]
    fn ten_thousand_subjects_that_look_alike_are_one() {
        let mut shapes = shapes(|_| ());
        for device in 0..10_000 {
            learn(&mut shapes, &format!("device.{device}.status"), r#"{"on": true}"#);
        }
        let all = shapes.all();
        let told: Vec<_> = all
            .iter()
            .map(|shape| (&*shape.subject, shape.subjects))
            .collect();
        assert_eq!(told, [("device.*.status", 10_000)]);
        assert_eq!(all[0].messages(), 10_000);
        assert_eq!(
            &*shapes.of("device.77.status").unwrap().subject,
            "device.*.status"
        );
        assert!(shapes.of("device.77.mode").is_none());
        assert!(shapes.bytes() < 4 << 20, "{}", shapes.bytes());
    }

    #[test]
    fn two_tokens_that_change_are_folded_one_after_the_other() {
        let mut shapes = shapes(|_| ());
        for at in 0..400 {
            learn(
                &mut shapes,
                &format!("site.{}.door.{}", at / 20, at % 20),
                r#"{"open": 1}"#,
            );
        }
        let told: Vec<_> = shapes
            .all()
            .iter()
            .map(|shape| shape.subject.to_string())
            .collect();
        assert_eq!(told, ["site.*.door.*"]);
    }

    #[test]
    fn subjects_that_look_different_stay_apart() {
        let mut shapes = shapes(|_| ());
        for at in 0..40 {
            let text = format!("{{\"field{at}\": {at}}}");
            learn(&mut shapes, &format!("lab.{at}"), &text);
        }
        assert_eq!(shapes.all().len(), 40);
    }

    #[test]
    fn memory_is_bounded_and_what_is_forgotten_is_counted() {
        let mut shapes = shapes(|limits| limits.shape_memory = 1 << 20);
        for at in 0..3000 {
            let fields: Vec<String> = (0..20).map(|field| format!("\"f{at}_{field}\": 1")).collect();
            learn(
                &mut shapes,
                &format!("s{at}"),
                &format!("{{{}}}", fields.join(",")),
            );
            assert!(shapes.bytes() <= 1 << 20, "{}", shapes.bytes());
        }
        assert!(shapes.forgotten > 0 && !shapes.all().is_empty());
        let known = shapes.all().len() as u64 + shapes.forgotten;
        assert_eq!(known, 3000);
    }

    #[test]
    fn a_change_is_told_once_however_often_it_comes() {
        let mut shapes = shapes(|_| ());
        let told = |shapes: &mut Shapes, text: &str| {
            let findings = learn(shapes, "a", text).into_iter();
            let told = findings.map(|finding| format!("{} {}", finding.code.name(), finding.message));
            told.collect::<Vec<_>>()
        };
        for _ in 0..19 {
            assert!(told(&mut shapes, r#"{"n": 1.5, "m": 1}"#).is_empty());
        }
        assert!(told(&mut shapes, r#"{"n": 1.5}"#).is_empty(), "just learned");
        for _ in 0..5 {
            assert!(told(&mut shapes, r#"{"n": 1.5}"#).is_empty());
        }
        assert_eq!(
            told(&mut shapes, r#"{"n": "x"}"#),
            ["shape-type-changed n is string; in the 25 messages before it was number"]
        );
        for at in 0..100 {
            let text = [r#"{"n": 1.5}"#, r#"{"n": "x"}"#][at % 2];
            assert!(told(&mut shapes, text).is_empty());
        }
        let shape = shapes.of("a").unwrap();
        assert_eq!((shape.events.len(), shape.events[0].seq), (1, 26));
    }

    #[test]
    fn a_sender_that_disagrees_with_the_others_is_told() {
        let envelope = |sender: &str, n: &str| {
            let data = natsbridge_wire::encode_base64(format!("{{\"n\":{n}}}").as_bytes());
            format!(
                r#"{{"msg_id":"m","send_to":"a","sender_name":"{sender}","payloads":[{{"dataname":"d","payload_type":"dictionary","data":"{data}"}}]}}"#
            )
        };
        let mut shapes = shapes(|_| ());
        for _ in 0..20 {
            assert!(learn(&mut shapes, "a", &envelope("python", "1.5")).is_empty());
        }
        let told = learn(&mut shapes, "a", &envelope("julia", "\"2\""));
        let told: Vec<_> = told
            .iter()
            .map(|it| (it.code.name(), &*it.path, &*it.message))
            .collect();
        assert_eq!(
            told,
            [(
                "shape-sender-disagrees",
                "payloads[0].data.n",
                "d.n is string; python sends number"
            )]
        );
        assert!(
            learn(&mut shapes, "a", &envelope("julia", "\"3\"")).is_empty(),
            "once"
        );
        assert_eq!(shapes.of("a").unwrap().events[0].count, 2);
    }
}
