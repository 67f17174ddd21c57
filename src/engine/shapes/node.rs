//! What is known of one field: its types, whether it is always there, the range of its numbers, its few texts. How fields hang
//! together is told by the tree.

use std::collections::HashMap;

/// Texts that are told apart before they count as free text.
const FEW: usize = 8;
/// Bytes of a text that may be one of few.
pub(super) const SHORT: usize = 40;
/// A field whose texts were the same for so many values is an enumeration.
const SETTLED: u64 = 50;
/// Bytes of a node beside its texts.
const NODE: usize = size_of::<Node>() + 32;
/// Children that are looked through one by one; more are looked up.
const LISTED: usize = 16;
/// Classes of sizes: a size is in the class of its number of bits.
const CLASSES: usize = 40;
/// How far numbers of one unit lie apart at most.
const NARROW: f64 = 30.0;

/// What texts look like, where they all look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Like numbers.
    Number,
    /// Like JSON.
    Json,
    /// Like dates or times.
    Time,
    /// Like nothing in particular, or not alike.
    Plain,
}

/// A text, or how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub start: &'a str,
    /// Whether it is all of it.
    pub whole: bool,
    pub looks: Looks,
}

/// The smallest and the largest of some numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// The texts of a field, as long as they are few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Values {
    /// No text yet.
    #[default]
    None,
    /// These, and how many values there were when the last of them came.
    Few(Vec<Box<str>>, u64),
    /// Too many, or too long.
    Many,
}

/// How a payload travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Travel {
    /// How many came within the message.
    pub direct: u64,
    /// How many came by link.
    pub link: u64,
    /// How many had a size of so many bits.
    sizes: [u32; CLASSES],
}

/// A field, a column, a payload, or the elements of an array.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Its name; `[]` for elements, `*` for any.
    pub key: Box<str>,
    /// Its types by name, each with how often it was seen.
    pub types: Vec<(Box<str>, u64)>,
    /// How often it was seen.
    pub seen: u64,
    /// How often it could have had the children that it has.
    pub opened: u64,
    /// Whether it was missing once.
    pub optional: bool,
    /// Whether it is declared to hold nulls.
    pub nullable: bool,
    /// The range of its numbers.
    pub range: Option<Range>,
    /// What its texts look like.
    pub looks: Option<Looks>,
    /// One of its values.
    pub example: Box<str>,
    /// When it was seen first, microseconds since the Unix epoch.
    pub first_us: i64,
    /// When it was seen last.
    pub last_us: i64,
    /// How it travels, for a payload.
    pub travel: Option<Box<Travel>>,
    pub(super) values: Values,
    pub(super) children: Vec<u32>,
    /// How many of the children are always there.
    pub(super) required: u32,
    /// The message that it was seen in last, by number.
    pub(super) visit: u64,
    index: Option<HashMap<Box<str>, u32>>,
}

impl Range {
    /// The range of one number.
    pub(super) fn of(number: f64) -> Self {
        Self {
            min: number,
            max: number,
        }
    }

    /// The range of both.
    #[must_use]
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    fn holds(self, other: Self) -> bool {
        self.min <= other.min && other.max <= self.max
    }

    /// The middle of the orders of magnitude, where the numbers are above zero and close to each other.
    fn magnitude(self) -> Option<f64> {
        (self.min > 0.0 && self.max / self.min < NARROW).then(|| (self.min * self.max).sqrt())
    }

    /// Whether the other numbers are about a thousand times larger or smaller.
    pub(super) fn is_other_unit(self, other: Self) -> bool {
        if self.holds(other) {
            return false;
        }
        let (Some(here), Some(there)) = (self.magnitude(), other.magnitude()) else {
            return false;
        };
        let factor = (there / here).max(here / there);
        (300.0..3500.0).contains(&factor)
    }
}

impl Looks {
    /// What all of them look like.
    pub(super) fn with(self, other: Self) -> Self {
        if self == other { self } else { Self::Plain }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "numbers",
            Self::Json => "JSON",
            Self::Time => "times",
            Self::Plain => "text",
        }
    }
}

impl Default for Travel {
    fn default() -> Self {
        Self {
            direct: 0,
            link: 0,
            sizes: [0; CLASSES],
        }
    }
}

impl Travel {
    pub(super) fn take(&mut self, size: u64, link: bool) {
        *(if link { &mut self.link } else { &mut self.direct }) += 1;
        let class = (u64::BITS - size.leading_zeros()) as usize;
        let count = &mut self.sizes[class.min(CLASSES - 1)];
        *count = count.saturating_add(1);
    }

    fn add(&mut self, other: &Self) {
        self.direct += other.direct;
        self.link += other.link;
        for (count, more) in self.sizes.iter_mut().zip(other.sizes) {
            *count = count.saturating_add(more);
        }
    }

    /// The size that this share of them does not exceed, rounded up to a power of two.
    pub fn size_at(&self, share: f64) -> u64 {
        let all: u64 = self.sizes.iter().map(|count| u64::from(*count)).sum();
        let wanted = (all as f64 * share).ceil() as u64;
        let mut sum = 0;
        for (class, count) in self.sizes.iter().enumerate() {
            sum += u64::from(*count);
            if sum >= wanted {
                return if class == 0 { 0 } else { (1 << class) - 1 };
            }
        }
        0
    }
}

impl Node {
    /// One of that name, not seen yet.
    pub(super) fn new(key: &str, at_us: i64) -> Self {
        Self {
            key: key.into(),
            first_us: at_us,
            last_us: at_us,
            ..Self::default()
        }
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        let values = match &self.values {
            Values::Few(few, _) => few.iter().map(|text| text.len() + 16).sum(),
            Values::None | Values::Many => 0,
        };
        let types: usize = self.types.iter().map(|(name, _)| name.len() + 24).sum();
        let travel = self.travel.as_ref().map_or(0, |_| size_of::<Travel>());
        NODE + self.key.len() + self.example.len() + values + types + travel
    }

    /// Whether it was seen with this type; a whole number is a number, too.
    pub(super) fn has_type(&self, name: &str) -> bool {
        let has = |name: &str| self.types.iter().any(|(known, _)| **known == *name);
        has(name) || name == "integer" && has("number")
    }

    pub(super) fn add_type(&mut self, name: &str, count: u64) {
        if let Some((_, times)) = self.types.iter_mut().find(|(known, _)| **known == *name) {
            *times += count;
        } else {
            self.types.push((name.into(), count));
        }
    }

    /// Its types in words, the most frequent first.
    pub fn type_names(&self) -> String {
        let mut types: Vec<&(Box<str>, u64)> = self.types.iter().collect();
        types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let names: Vec<&str> = types.iter().map(|(name, _)| &**name).collect();
        match names[..] {
            [] => "nothing".to_owned(),
            _ => names.join(" or "),
        }
    }

    /// Its few texts, if there are no others.
    pub fn enumeration(&self) -> Option<&[Box<str>]> {
        match &self.values {
            Values::Few(few, since) if few.len() > 1 && self.seen >= since + SETTLED => Some(few),
            Values::Few(..) | Values::None | Values::Many => None,
        }
    }

    /// Its texts, if they are few.
    pub(super) fn texts(&self) -> Option<&[Box<str>]> {
        match &self.values {
            Values::None => Some(&[]),
            Values::Few(few, _) => Some(few),
            Values::Many => None,
        }
    }

    /// Makes these its only texts.
    pub(super) fn enumerate(&mut self, texts: Vec<Box<str>>) {
        self.seen = self.seen.max(SETTLED);
        self.values = Values::Few(texts, 0);
    }

    pub(super) fn add_text(&mut self, text: &Text<'_>) {
        self.looks = Some(self.looks.map_or(text.looks, |looks| looks.with(text.looks)));
        match &mut self.values {
            Values::Many => {}
            _ if !text.whole => self.values = Values::Many,
            Values::None => self.values = Values::Few(vec![text.start.into()], self.seen),
            Values::Few(few, since) => {
                if few.iter().any(|known| **known == *text.start) {
                    return;
                }
                if few.len() < FEW {
                    few.push(text.start.into());
                    *since = self.seen;
                } else {
                    self.values = Values::Many;
                }
            }
        }
    }

    pub(super) fn add_range(&mut self, range: Range) {
        self.range = Some(self.range.map_or(range, |known| known.with(range)));
    }

    /// Adds what another node knows of the same field, but for its children.
    pub(super) fn add(&mut self, other: &Self) {
        for (name, count) in &other.types {
            self.add_type(name, *count);
        }
        self.seen += other.seen;
        self.nullable |= other.nullable;
        if let Some(range) = other.range {
            self.add_range(range);
        }
        self.looks = match (self.looks, other.looks) {
            (Some(here), Some(there)) => Some(here.with(there)),
            (here, there) => here.or(there),
        };
        self.first_us = self.first_us.min(other.first_us);
        self.last_us = self.last_us.max(other.last_us);
        if self.example.is_empty() {
            self.example.clone_from(&other.example);
        }
        if let Some(travel) = &other.travel {
            self.travel.get_or_insert_default().add(travel);
        }
        match &other.values {
            Values::None => {}
            Values::Many => self.values = Values::Many,
            Values::Few(few, since) => {
                for text in few {
                    self.add_text(&Text {
                        start: text,
                        whole: true,
                        looks: other.looks.unwrap_or(Looks::Plain),
                    });
                }
                // What was settled there is settled here.
                if let Values::Few(_, here) = &mut self.values {
                    *here = (*here).min(self.seen.saturating_sub(other.seen.saturating_sub(*since)));
                }
            }
        }
    }

    /// The child of that name; `at` is where it is expected. `key_of` gives a child's name.
    pub(super) fn find<'n>(
        &self,
        key: &str,
        at: usize,
        key_of: impl Fn(u32) -> &'n str,
    ) -> Option<(usize, u32)> {
        let expected = self.children.get(at).copied();
        if let Some(child) = expected.filter(|child| key_of(*child) == key) {
            return Some((at, child));
        }
        if let Some(index) = &self.index {
            return index.get(key).map(|child| (at, *child));
        }
        let mut children = self.children.iter().enumerate();
        children
            .find(|(_, child)| key_of(**child) == key)
            .map(|(at, child)| (at, *child))
    }

    /// Adds a child.
    pub(super) fn push<'n>(&mut self, key: &str, child: u32, key_of: impl Fn(u32) -> &'n str) {
        self.children.push(child);
        if let Some(index) = &mut self.index {
            index.insert(key.into(), child);
        } else if self.children.len() > LISTED {
            let all = self.children.iter();
            let index = all.map(|child| (key_of(*child).into(), *child)).collect();
            self.index = Some(index);
        }
    }

    /// Puts the children into this order.
    pub(super) fn reorder(&mut self, children: Vec<u32>) {
        self.children = children;
    }

    /// Leaves only these children.
    pub(super) fn keep(&mut self, children: Vec<u32>) {
        self.children = children;
        self.index = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_times_larger_is_another_unit_and_a_spread_is_not() {
        let range = |min, max| Range { min, max };
        let celsius = range(18.0, 25.0);
        assert!(celsius.is_other_unit(Range::of(21_000.0)));
        assert!(celsius.is_other_unit(Range::of(0.021)));
        for same in [26.0, 40.0, 210.0, 0.0, -21_000.0, 2e6] {
            assert!(!celsius.is_other_unit(Range::of(same)), "{same}");
        }
        assert!(!range(0.1, 100.0).is_other_unit(Range::of(3000.0)));
        assert!(range(1.7e9, 1.8e9).is_other_unit(Range::of(1.75e12)));
    }

    #[test]
    fn sizes_are_told_by_share() {
        let mut travel = Travel::default();
        for size in [0, 100, 100, 100, 5000] {
            travel.take(size, false);
        }
        assert_eq!((travel.size_at(0.5), travel.size_at(1.0)), (127, 8191));
        assert_eq!(Travel::default().size_at(0.5), 0);
    }

    #[test]
    fn few_texts_that_stay_the_same_are_an_enumeration() {
        let mut node = Node::new("state", 0);
        let mut take = |text: &str| {
            node.seen += 1;
            node.add_text(&Text {
                start: text,
                whole: true,
                looks: Looks::Plain,
            });
            node.enumeration().map(<[_]>::len)
        };
        take("on");
        take("off");
        let last = (0..60).map(|at| take(["on", "off"][at % 2])).last();
        assert_eq!(last, Some(Some(2)));
        assert_eq!(take("broken"), None, "just learned");
    }
}
