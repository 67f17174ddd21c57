//! The shape of the messages of one sender on one subject, as a tree: the message, its payloads, their fields and columns. It
//! learns from observations and takes over other trees. How two trees differ is told elsewhere.

use super::node::Node;
use super::observation::{ANY, ELEMENT, Item, Observation};
use std::collections::HashSet;

/// Names of one level; more are folded into [`ANY`].
const NAMES: usize = 4096;
/// Names that come and go on one level; with more it is a map from names to values.
const PASSING: usize = 128;
/// Fields of a tree.
const FIELDS: usize = 16_384;
/// Bytes that a field's types and values come to take beside those it starts with.
const GROWTH: usize = 128;

/// What the messages look like.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The first is the message itself.
    nodes: Vec<Node>,
    bytes: usize,
    /// How many arrays, objects and so on were gone through.
    openings: u64,
    /// Whether there was more than is kept.
    pub cut: bool,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
            bytes: size_of::<Node>(),
            openings: 0,
            cut: false,
        }
    }
}

/// A level that is being gone through.
struct Open {
    node: u32,
    opening: u64,
    /// Where the next child is expected.
    next: usize,
    /// How many children were there that always are.
    met: u32,
    /// The children in their order, where that counts.
    order: Option<Vec<u32>>,
    /// Whether the order differs from the known one.
    moved: bool,
}

impl Tree {
    /// The shape of one message.
    pub fn of(observation: &Observation, at_us: i64) -> Self {
        let mut tree = Self::default();
        tree.learn(observation, at_us);
        tree
    }

    /// Messages that it was learned from.
    pub fn messages(&self) -> u64 {
        self.nodes[0].opened
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The message itself.
    pub fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// Fields of all levels.
    pub fn len(&self) -> usize {
        self.nodes.len() - 1
    }

    /// Whether it knows no field.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// What a node has, in order.
    pub fn children<'t>(&'t self, node: &'t Node) -> impl Iterator<Item = &'t Node> {
        node.children.iter().map(|child| &self.nodes[*child as usize])
    }

    /// The child of that name, or the one that stands for any name.
    pub(super) fn child(&self, node: &Node, key: &str) -> Option<&Node> {
        let key_of = |child: u32| &*self.nodes[child as usize].key;
        let found = node.find(key, 0, key_of).or_else(|| node.find(ANY, 0, key_of));
        found.map(|(_, child)| &self.nodes[child as usize])
    }

    /// Learns from one more message.
    pub fn learn(&mut self, observation: &Observation, at_us: i64) {
        self.cut |= observation.cut;
        self.nodes[0].seen += 1;
        let mut open = vec![self.open(0, true)];
        // Below this depth nothing is kept.
        let mut left_out = usize::MAX;
        for item in observation.items() {
            if item.depth > left_out {
                continue;
            }
            left_out = usize::MAX;
            while open.len() > item.depth + 1 {
                self.close(open.pop());
            }
            let Some(parent) = open.last_mut() else {
                break;
            };
            let Some(child) = self.see(parent, &item, at_us) else {
                left_out = item.depth;
                continue;
            };
            if item.opens {
                let opened = self.open(child, item.ordered);
                open.push(opened);
            } else {
                left_out = item.depth;
            }
        }
        while let Some(last) = open.pop() {
            self.close(Some(last));
        }
    }

    fn open(&mut self, node: u32, ordered: bool) -> Open {
        self.openings += 1;
        self.nodes[node as usize].opened += 1;
        Open {
            node,
            opening: self.openings,
            next: 0,
            met: 0,
            order: ordered.then(Vec::new),
            moved: false,
        }
    }

    /// Adds what is seen of a field to what is known of it.
    fn see(&mut self, parent: &mut Open, item: &Item<'_>, at_us: i64) -> Option<u32> {
        let known = self.place(parent.node, item.key, parent.next);
        let (at, child) = match known {
            Some(known) => known,
            None => self.grow(parent.node, item.key, at_us)?,
        };
        if let Some(order) = &mut parent.order {
            parent.moved |= at + 1 < parent.next;
            order.push(child);
        }
        parent.next = at + 1;
        let node = &mut self.nodes[child as usize];
        if node.visit != parent.opening {
            node.visit = parent.opening;
            parent.met += u32::from(!node.optional);
        }
        node.seen += 1;
        node.last_us = node.last_us.max(at_us);
        node.nullable |= item.nullable;
        node.add_type(item.type_name, 1);
        if let Some(range) = item.range {
            node.add_range(range);
            if node.example.is_empty() {
                node.example = range.min.to_string().into();
            }
        }
        for text in item.texts() {
            node.add_text(&text);
            if node.example.is_empty() {
                node.example = text.start.into();
            }
        }
        if let Some((size, link)) = item.travel {
            node.travel.get_or_insert_default().take(size, link);
        }
        Some(child)
    }

    /// Where the child of that name is, or the one for any name.
    fn place(&self, node: u32, key: &str, at: usize) -> Option<(usize, u32)> {
        let key_of = |child: u32| &*self.nodes[child as usize].key;
        let node = &self.nodes[node as usize];
        node.find(key, at, key_of)
            .or_else(|| node.find(ANY, usize::MAX, key_of))
    }

    /// Makes a child of that name; where there are too many, they become one for any name.
    fn grow(&mut self, parent: u32, key: &str, at_us: i64) -> Option<(usize, u32)> {
        let count = self.nodes[parent as usize].children.len();
        let required = self.nodes[parent as usize].required as usize;
        if count >= NAMES || count - required >= PASSING {
            self.fold_names(parent, count >= NAMES);
            if let Some(any) = self.place(parent, ANY, 0) {
                return Some(any);
            }
        }
        let key = if count >= NAMES { ANY } else { key };
        self.add(parent, key, at_us)
    }

    fn add(&mut self, parent: u32, key: &str, at_us: i64) -> Option<(usize, u32)> {
        if self.nodes.len() > FIELDS {
            self.cut = true;
            return None;
        }
        let child = self.nodes.len() as u32;
        let mut node = Node::new(key, at_us);
        node.optional = key == ANY || key == ELEMENT || self.nodes[parent as usize].opened > 1;
        self.bytes += node.bytes() + GROWTH;
        let required = u32::from(!node.optional);
        self.nodes.push(node);
        let (before, after) = self.nodes.split_at_mut(parent as usize + 1);
        let start = before.len();
        let key_of = |child: u32| &*after[child as usize - start].key;
        let parent = &mut before[parent as usize];
        parent.push(key, child, key_of);
        parent.required += required;
        Some((parent.children.len() - 1, child))
    }

    /// Folds the children that come and go, or all of them, into one for any name.
    fn fold_names(&mut self, parent: u32, all: bool) {
        let children = self.nodes[parent as usize].children.clone();
        let goes = |child: &u32| {
            let node = &self.nodes[*child as usize];
            (all || node.optional) && *node.key != *ANY
        };
        let (gone, mut kept): (Vec<u32>, Vec<u32>) = children.into_iter().partition(goes);
        let any = kept
            .iter()
            .copied()
            .find(|child| *self.nodes[*child as usize].key == *ANY);
        let any = any.unwrap_or_else(|| {
            let child = self.nodes.len() as u32;
            let mut node = Node::new(ANY, self.nodes[parent as usize].last_us);
            node.optional = true;
            self.nodes.push(node);
            kept.push(child);
            child
        });
        let whole = self.clone();
        for child in gone {
            self.take_node(any, &whole, &whole.nodes[child as usize]);
        }
        let required = kept.iter().filter(|child| !self.nodes[**child as usize].optional);
        self.nodes[parent as usize].required = required.count() as u32;
        self.nodes[parent as usize].keep(kept);
        self.cut = true;
    }

    fn close(&mut self, open: Option<Open>) {
        let Some(open) = open else {
            return;
        };
        let parent = open.node as usize;
        if open.met < self.nodes[parent].required {
            for at in 0..self.nodes[parent].children.len() {
                let child = self.nodes[parent].children[at] as usize;
                let child = &mut self.nodes[child];
                if !child.optional && child.visit != open.opening {
                    child.optional = true;
                    self.nodes[parent].required -= 1;
                }
            }
        }
        if let Some(mut order) = open.order.filter(|_| open.moved) {
            let mut seen = vec![false; self.nodes.len()];
            order.retain(|child| !std::mem::replace(&mut seen[*child as usize], true));
            let rest = self.nodes[parent].children.iter().copied();
            order.extend(rest.filter(|child| !seen[*child as usize]));
            self.nodes[parent].reorder(order);
        }
    }

    /// The field of that number.
    pub(super) fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// Takes over what another tree knows.
    pub fn merge(&mut self, other: &Self) {
        self.cut |= other.cut;
        self.take_node(0, other, &other.nodes[0]);
    }

    fn take_node(&mut self, into: u32, other: &Self, from: &Node) {
        let fresh = self.nodes[into as usize].opened == 0;
        self.nodes[into as usize].add(from);
        let mut met = HashSet::new();
        for child in other.children(from) {
            let known = self.place(into, &child.key, 0).map(|(_, child)| child);
            let is_new = known.is_none();
            let Some(known) = known.or_else(|| {
                self.grow(into, &child.key, child.first_us)
                    .map(|(_, child)| child)
            }) else {
                continue;
            };
            let node = &mut self.nodes[known as usize];
            if is_new {
                node.last_us = child.last_us;
            }
            node.optional |= child.optional || is_new && !fresh;
            met.insert(known);
            self.take_node(known, other, child);
        }
        if from.opened > 0 && !fresh {
            for at in 0..self.nodes[into as usize].children.len() {
                let child = self.nodes[into as usize].children[at];
                if !met.contains(&child) {
                    self.nodes[child as usize].optional = true;
                }
            }
        }
        self.nodes[into as usize].opened += from.opened;
        let children = self.nodes[into as usize].children.iter();
        let required = children.filter(|child| !self.nodes[**child as usize].optional);
        self.nodes[into as usize].required = required.count() as u32;
    }

    /// Adds a field that is told, not seen, below another; the message itself is 0.
    pub(super) fn declare(&mut self, parent: u32, key: &str, optional: bool) -> Option<u32> {
        self.nodes[parent as usize].opened = self.nodes[parent as usize].opened.max(1);
        let (_, child) = self.add(parent, key, 0)?;
        let node = &mut self.nodes[child as usize];
        node.seen = 1;
        if optional && !node.optional {
            node.optional = true;
            self.nodes[parent as usize].required -= 1;
        }
        Some(child)
    }

    /// The field of that number, to be told more of.
    pub(super) fn node_mut(&mut self, node: u32) -> &mut Node {
        &mut self.nodes[node as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::fit::fits;
    use super::*;
    use natsbridge_wire::{Limits, decode_message};

    fn observed(text: &str) -> Observation {
        let raw = bytes::Bytes::copy_from_slice(text.as_bytes());
        Observation::of(&decode_message(&raw, "a", &Limits::DEFAULT))
    }

    fn told(tree: &Tree) -> Vec<String> {
        fn write(tree: &Tree, node: &Node, path: &str, out: &mut Vec<String>) {
            for child in tree.children(node) {
                let path = format!("{path}/{}", child.key);
                let mark = if child.optional { "?" } else { "" };
                out.push(format!("{path}{mark} {}", child.type_names()));
                write(tree, child, &path, out);
            }
        }
        let mut out = Vec::new();
        write(tree, tree.root(), "", &mut out);
        out
    }

    #[test]
    fn what_is_not_always_there_is_optional() {
        let mut tree = Tree::default();
        for text in [
            r#"{"a": 1, "b": {"c": true}}"#,
            r#"{"b": {"c": false, "d": [1.5]}, "e": null}"#,
            r#"{"a": 2, "b": {"c": false}, "e": "x"}"#,
        ] {
            tree.learn(&observed(text), 0);
        }
        assert_eq!(
            told(&tree),
            [
                "/ dictionary",
                "//a? integer",
                "//b object",
                "//b/c boolean",
                "//b/d? array",
                "//b/d/[]? number",
                "//e? null or string",
            ]
        );
        assert_eq!(tree.messages(), 3);
    }

    #[test]
    fn a_message_fits_unless_something_is_new_or_missing() {
        let mut tree = Tree::default();
        for _ in 0..3 {
            tree.learn(&observed(r#"{"a": 1.5, "b": [{"c": "x"}]}"#), 0);
        }
        for (text, is_fit) in [
            (r#"{"a": 2.5, "b": [{"c": "y"}]}"#, true),
            (r#"{"b": [], "a": 2}"#, true),
            (r#"{"a": 2.5, "b": [{"c": "y"}, {}]}"#, false),
            (r#"{"a": "2.5", "b": []}"#, false),
            (r#"{"a": null, "b": []}"#, false),
            (r#"{"b": []}"#, false),
            (r#"{"a": 2.5, "b": [], "c": 1}"#, false),
            ("[1]", false),
        ] {
            assert_eq!(fits(&tree, &observed(text)), is_fit, "{text}");
        }
    }

    #[test]
    fn a_hundred_thousand_names_become_one() {
        let mut tree = Tree::default();
        for message in 0..200 {
            let names: Vec<String> = (0..500)
                .map(|name| format!("\"k{}\": {{\"v\": 1}}", message * 500 + name))
                .collect();
            tree.learn(&observed(&format!("{{\"id\": 1, {}}}", names.join(","))), 0);
        }
        assert!(tree.nodes.len() < 20_000, "{}", tree.nodes.len());
        let payload = tree.children(tree.root()).next().unwrap();
        let any = tree.child(payload, "any name at all").unwrap();
        assert_eq!(&*any.key, ANY);
        assert!(fits(&tree, &observed(r#"{"id": 2, "new": {"v": 3}}"#)));
    }

    #[test]
    fn trees_merge_to_what_both_have_seen() {
        let mut here = Tree::of(&observed(r#"{"a": 1, "b": 2}"#), 5);
        let there = Tree::of(&observed(r#"{"b": 2.5, "c": {"d": 1}}"#), 3);
        here.merge(&there);
        assert_eq!(
            told(&here),
            [
                "/ dictionary",
                "//a? integer",
                "//b integer or number",
                "//c? object",
                "//c/d integer",
            ]
        );
        let payload = here.children(here.root()).next().unwrap();
        assert_eq!((here.messages(), payload.first_us), (2, 3));
        let mut empty = Tree::default();
        empty.merge(&here);
        assert_eq!(told(&empty), told(&here));
    }

    #[test]
    fn shapes_that_alternate_are_both_known() {
        let mut tree = Tree::default();
        let two = [r#"{"a": 1}"#, r#"{"b": "x"}"#];
        for at in 0..100 {
            tree.learn(&observed(two[at % 2]), 0);
        }
        assert!(two.iter().all(|text| fits(&tree, &observed(text))));
        assert!(fits(&tree, &observed("{}")));
    }
}
