//! Whether a message fits a shape: the quick question that is asked of every message. What differs is told elsewhere.

use super::node::{Node, Range};
use super::observation::{ANY, Item, Observation};
use super::tree::Tree;

/// Whether nothing in the message is new to the tree, and nothing is missing.
pub(super) fn fits(tree: &Tree, observation: &Observation) -> bool {
    struct Level<'t> {
        node: &'t Node,
        next: usize,
        met: u32,
        ordered: bool,
    }
    let level = |node, ordered| Level {
        node,
        next: 0,
        met: 0,
        ordered,
    };
    let complete = |level: &Level<'_>| level.met >= level.node.required;
    let mut open = vec![level(tree.root(), true)];
    for item in observation.items() {
        while open.len() > item.depth + 1 {
            if open.pop().is_some_and(|level| !complete(&level)) {
                return false;
            }
        }
        let depth = open.len();
        let Some(parent) = open.last_mut().filter(|_| depth == item.depth + 1) else {
            return false;
        };
        let key_of = |child: u32| &*tree.node(child).key;
        let found = parent.node.find(item.key, parent.next, key_of);
        let Some((at, child)) = found.or_else(|| parent.node.find(ANY, usize::MAX, key_of)) else {
            return false;
        };
        if parent.ordered && at + 1 < parent.next {
            return false;
        }
        parent.next = at + 1;
        let node = tree.node(child);
        parent.met += u32::from(!node.optional);
        if !admits(node, &item) {
            return false;
        }
        if item.opens {
            open.push(level(node, item.ordered));
        }
    }
    open.iter().all(complete)
}

/// Whether what is seen of a field is known of it.
fn admits(node: &Node, item: &Item<'_>) -> bool {
    let other_unit = |range: Range| node.range.is_some_and(|known| known.is_other_unit(range));
    if !node.has_type(item.type_name) || item.nullable && !node.nullable || item.range.is_some_and(other_unit)
    {
        return false;
    }
    node.enumeration().is_none_or(|known| {
        item.texts()
            .all(|text| known.iter().any(|known| **known == *text.start))
    })
}
