//! The tree of seen subjects, with counts, rates and ages summed up towards the root. Built from the store's list of
//! subjects, incrementally.

use super::levels::levels;
use crate::model::figures::Meter;
use natsbridge_engine::{SubjectId, SubjectStats};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A node's number; it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

const ROOT: NodeId = NodeId(0);
/// Nodes with more children than this start folded.
const UNFOLDED_CHILDREN: usize = 12;
/// Nodes at this depth and below start folded.
const UNFOLDED_DEPTH: usize = 2;
/// Microseconds between two samples of the rates.
const SAMPLE_US: i64 = 1_000_000;

/// One level of some subjects.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its own level, as it came (not yet safe for a terminal).
    pub name: Arc<str>,
    /// Depth of its parent path that is shown.
    pub depth: usize,
    /// Messages on it and everything below.
    pub count: u64,
    /// Payload bytes of these.
    pub bytes: u64,
    /// Last arrival among these, microseconds since the Unix epoch.
    pub last_us: i64,
    /// Rate and history of these.
    pub meter: Meter,
    parent: NodeId,
    children: BTreeMap<Arc<str>, NodeId>,
    own: (u64, u64, i64),
    folded: Option<bool>,
}

impl Node {
    fn new(name: Arc<str>, parent: NodeId, depth: usize) -> Self {
        Self {
            name,
            depth,
            count: 0,
            bytes: 0,
            last_us: i64::MIN,
            meter: Meter::default(),
            parent,
            children: BTreeMap::new(),
            own: (0, 0, i64::MIN),
            folded: None,
        }
    }

    /// Whether nothing lies below it.
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// Whether what lies below it is hidden.
    pub fn is_folded(&self) -> bool {
        self.folded
            .unwrap_or(self.children.len() > UNFOLDED_CHILDREN || self.depth >= UNFOLDED_DEPTH)
    }
}

/// The tree.
#[derive(Debug, Clone)]
pub struct SubjectTree {
    nodes: Vec<Node>,
    of_subject: HashMap<SubjectId, NodeId>,
    visible: Vec<NodeId>,
    sampled_us: Option<i64>,
}

impl Default for SubjectTree {
    fn default() -> Self {
        Self {
            nodes: vec![Node::new("".into(), ROOT, 0)],
            of_subject: HashMap::new(),
            visible: vec![],
            sampled_us: None,
        }
    }
}

impl SubjectTree {
    /// Takes over the store's subjects and, once a second, samples the rates.
    pub fn refresh(&mut self, subjects: &[SubjectStats], now_us: i64) {
        let before = self.nodes.len();
        for node in &mut self.nodes {
            node.own = (0, 0, i64::MIN);
        }
        for stats in subjects {
            let at = match self.of_subject.get(&stats.id) {
                Some(at) => *at,
                None => self.insert(stats),
            };
            let own = &mut self.nodes[at.0 as usize].own;
            *own = (own.0 + stats.count, own.1 + stats.bytes, own.2.max(stats.last_us));
        }
        self.sum_up();
        self.sample(now_us);
        if self.nodes.len() != before {
            self.list_visible();
        }
    }

    /// Nodes shown, from top to bottom.
    pub fn visible(&self) -> &[NodeId] {
        &self.visible
    }

    /// Nodes in all.
    pub fn len(&self) -> usize {
        self.nodes.len() - 1
    }

    /// Subjects seen.
    pub fn subjects(&self) -> usize {
        self.of_subject.len()
    }

    /// Whether no subject was seen yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The levels from the top down to a node.
    pub fn path(&self, id: NodeId) -> Vec<Arc<str>> {
        let mut path = Vec::new();
        let mut at = id;
        while at != ROOT {
            path.push(self.node(at).name.clone());
            at = self.node(at).parent;
        }
        path.reverse();
        path
    }

    /// The node above, if it is shown.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        Some(self.node(id).parent).filter(|parent| *parent != ROOT)
    }

    /// Folds or unfolds a node.
    pub fn fold(&mut self, id: NodeId, folded: bool) {
        self.nodes[id.0 as usize].folded = Some(folded);
        self.list_visible();
    }

    /// Whether any subject moved lately, so that rates and sparklines still change.
    pub fn moves(&self) -> bool {
        self.nodes[0].meter.moves()
    }

    /// The next node after `from` whose name contains the text; its ancestors are unfolded.
    pub fn find(&mut self, from: Option<NodeId>, wanted: impl Fn(&str) -> bool) -> Option<NodeId> {
        let all = self.in_order(|_| true);
        let start = from
            .and_then(|id| all.iter().position(|at| *at == id))
            .map_or(0, |at| at + 1);
        let (first, second) = (all[start..].iter(), all[..start].iter());
        let found = *first.chain(second).find(|id| wanted(&self.node(**id).name))?;
        let mut above = self.node(found).parent;
        while above != ROOT {
            self.nodes[above.0 as usize].folded = Some(false);
            above = self.node(above).parent;
        }
        self.list_visible();
        Some(found)
    }

    fn insert(&mut self, stats: &SubjectStats) -> NodeId {
        let mut at = ROOT;
        for (depth, level) in levels(&stats.subject).into_iter().enumerate() {
            at = match self.nodes[at.0 as usize].children.get(level) {
                Some(child) => *child,
                None => self.add(at, level, depth),
            };
        }
        self.of_subject.insert(stats.id, at);
        at
    }

    fn add(&mut self, parent: NodeId, name: &str, depth: usize) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        let name: Arc<str> = name.into();
        self.nodes[parent.0 as usize].children.insert(name.clone(), id);
        self.nodes.push(Node::new(name, parent, depth));
        id
    }

    /// Children always come after their parent, so one pass from the end sums everything up.
    fn sum_up(&mut self) {
        for node in &mut self.nodes {
            (node.count, node.bytes, node.last_us) = node.own;
        }
        for i in (1..self.nodes.len()).rev() {
            let (above, rest) = self.nodes.split_at_mut(i);
            let parent = &mut above[rest[0].parent.0 as usize];
            parent.count += rest[0].count;
            parent.bytes += rest[0].bytes;
            parent.last_us = parent.last_us.max(rest[0].last_us);
        }
    }

    fn sample(&mut self, now_us: i64) {
        let since = self.sampled_us.map(|at| now_us - at);
        if since.is_some_and(|since| (0..SAMPLE_US).contains(&since)) {
            return;
        }
        self.sampled_us = Some(now_us);
        let seconds = since.unwrap_or(0).max(0) as f64 / 1e6;
        for node in &mut self.nodes {
            node.meter.sample(node.count, seconds);
        }
    }

    fn list_visible(&mut self) {
        self.visible = self.in_order(|node| !node.is_folded());
    }

    /// Nodes in reading order; below a node only where `enter` says so.
    fn in_order(&self, enter: impl Fn(&Node) -> bool) -> Vec<NodeId> {
        let mut order = Vec::new();
        let mut open: Vec<NodeId> = self.nodes[0].children.values().rev().copied().collect();
        while let Some(id) = open.pop() {
            order.push(id);
            let node = self.node(id);
            if enter(node) {
                open.extend(node.children.values().rev());
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(id: u32, subject: &str, count: u64) -> SubjectStats {
        SubjectStats {
            id: SubjectId(id),
            subject: subject.into(),
            count,
            bytes: count * 10,
            last_us: i64::from(id),
        }
    }

    fn names(tree: &SubjectTree) -> Vec<String> {
        let line = |id: &NodeId| {
            let node = tree.node(*id);
            format!("{}{} {}", " ".repeat(node.depth), node.name, node.count)
        };
        tree.visible().iter().map(line).collect()
    }

    #[test]
    fn counts_are_summed_up_and_both_spellings_meet() {
        let mut tree = SubjectTree::default();
        tree.refresh(
            &[
                stats(0, "/chat/room1", 3),
                stats(1, "chat.room2", 4),
                stats(2, "a", 1),
            ],
            0,
        );
        assert_eq!(names(&tree), ["a 1", "chat 7", " room1 3", " room2 4"]);
        let chat = tree.visible()[1];
        assert_eq!(tree.node(chat).last_us, 1);
        tree.fold(chat, true);
        assert_eq!(names(&tree), ["a 1", "chat 7"]);
    }

    #[test]
    fn refreshing_again_counts_nothing_twice_and_measures_the_rate() {
        let mut tree = SubjectTree::default();
        tree.refresh(&[stats(0, "a.b", 10)], 0);
        tree.refresh(&[stats(0, "a.b", 30)], 500_000);
        tree.refresh(&[stats(0, "a.b", 40)], 1_000_000);
        assert_eq!(names(&tree), ["a 40", " b 40"]);
        let top = tree.visible()[0];
        assert!((tree.node(top).meter.rate() - 30.0).abs() < 0.1);
    }

    #[test]
    fn a_search_unfolds_its_way() {
        let mut tree = SubjectTree::default();
        tree.refresh(&[stats(0, "a.b.c.deep", 1), stats(1, "b", 1)], 0);
        let found = tree.find(None, |name| name == "deep").expect("it is there");
        assert_eq!(tree.path(found).join("."), "a.b.c.deep");
        assert!(tree.visible().contains(&found));
        assert_eq!(tree.find(None, |name| name == "nowhere"), None);
    }

    #[test]
    fn many_children_stay_folded() {
        let mut tree = SubjectTree::default();
        let many: Vec<_> = (0..1000).map(|i| stats(i, &format!("a.{i}"), 1)).collect();
        tree.refresh(&many, 0);
        assert_eq!(names(&tree), ["a 1000"]);
    }
}
