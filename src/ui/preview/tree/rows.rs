//! The visible rows of a foldable JSON tree: folding, paths and search. Only unfolded parts exist as rows; the value
//! is shared and never copied. Drawing is in `view.rs`.

use crate::preview::text::Pattern;
use natsbridge_wire::ValuePath;
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;

/// Trees with up to this many rows start unfolded.
const UNFOLDED_AT_FIRST: usize = 200;

/// How a row relates to its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The whole value.
    Root,
    /// An element of an array; its number is the row's `index`.
    Element,
    /// A member of an object.
    Member(Box<str>),
    /// Not a node: this many more siblings are not shown.
    Cut(usize),
}

/// One visible row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Levels below the root.
    pub depth: usize,
    /// Its number among its siblings.
    pub index: usize,
    /// How it hangs on its parent.
    pub step: Step,
    /// Whether its children follow.
    pub open: bool,
}

impl Row {
    fn child<'a>(&self, parent: &'a Value) -> Option<&'a Value> {
        match &self.step {
            Step::Element => parent.get(self.index),
            Step::Member(key) => parent.get(&**key),
            Step::Root | Step::Cut(_) => None,
        }
    }

    fn is_cut(&self) -> bool {
        matches!(self.step, Step::Cut(_))
    }
}

/// Where a node is: the number of the child to take on every level.
pub type Path = Vec<usize>;

/// A tree as rows.
#[derive(Debug)]
pub struct Rows {
    value: Arc<Value>,
    visible: Vec<Row>,
    most: usize,
}

impl Rows {
    /// The rows of `value`, unfolded as deep as stays readable; never more than about `most`.
    pub fn new(value: Arc<Value>, most: usize) -> Self {
        let mut tree = Self {
            value,
            visible: Vec::new(),
            most,
        };
        let (mut deepest, mut seen) = (1, nodes(&tree.value, 1));
        loop {
            let deeper = nodes(&tree.value, deepest + 1);
            if deeper == seen || deeper > UNFOLDED_AT_FIRST {
                break;
            }
            (deepest, seen) = (deepest + 1, deeper);
        }
        tree.unfold_to(deepest);
        tree
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.visible.len()
    }

    /// One row.
    pub fn row(&self, at: usize) -> Option<&Row> {
        self.visible.get(at)
    }

    /// The value of one row; `None` for a cut mark.
    pub fn value(&self, at: usize) -> Option<&Value> {
        self.ancestry(at).last().copied().flatten()
    }

    /// Visits rows with their values, top to bottom; costs one walk up from the first row.
    pub fn visit(&self, range: Range<usize>, mut visit: impl FnMut(usize, &Row, Option<&Value>)) {
        let mut line = self.ancestry(range.start);
        for at in range {
            let Some(row) = self.visible.get(at) else { return };
            if at > 0 {
                line.truncate(row.depth);
                let parent = line.last().copied().flatten();
                line.push(parent.and_then(|parent| row.child(parent)));
            }
            visit(at, row, line.last().copied().flatten());
        }
    }

    /// The row that holds the row at `at`.
    pub fn parent(&self, at: usize) -> Option<usize> {
        let depth = self.visible.get(at)?.depth;
        self.visible[..at].iter().rposition(|row| row.depth < depth)
    }

    /// The child numbers that lead to a row.
    pub fn path(&self, at: usize) -> Path {
        let line = self.line(at).into_iter().skip(1);
        line.map(|row| self.visible[row].index).collect()
    }

    /// The path of a row, as filters and plots take it: `a.b[3]`, unusual keys quoted.
    pub fn path_text(&self, at: usize) -> String {
        let (mut path, mut cut) = (ValuePath::default(), "");
        for row in self.line(at).into_iter().map(|row| &self.visible[row]) {
            match &row.step {
                Step::Member(key) => path.push_key(key),
                Step::Element => path.push_index(row.index),
                Step::Root => {}
                Step::Cut(_) => cut = "…",
            }
        }
        format!("{path}{cut}")
    }

    /// Unfolds one row.
    pub fn unfold(&mut self, at: usize) {
        let Some((row, value)) = self.visible.get(at).zip(self.value(at)) else {
            return;
        };
        if row.open || size(value) == 0 {
            return;
        }
        let (depth, room) = (row.depth + 1, self.most.saturating_sub(self.visible.len()));
        let mut children = Vec::new();
        flatten(value, depth, depth, room, &mut children);
        self.visible[at].open = true;
        let below = at + 1;
        self.visible.splice(below..below, children);
    }

    /// Folds one row.
    pub fn fold(&mut self, at: usize) {
        let Some(row) = self.visible.get_mut(at) else {
            return;
        };
        row.open = false;
        let depth = row.depth;
        let below = self.visible[at + 1..].iter();
        let below = below.take_while(|row| row.depth > depth).count();
        self.visible.drain(at + 1..=at + below);
    }

    /// Whether anything below the first level is unfolded.
    pub fn is_unfolded(&self) -> bool {
        self.visible.iter().any(|row| row.depth > 1)
    }

    /// Shows all levels down to `deepest`, and nothing below.
    pub fn unfold_to(&mut self, deepest: usize) {
        self.visible.clear();
        self.visible.push(Row {
            depth: 0,
            index: 0,
            step: Step::Root,
            open: size(&self.value) > 0,
        });
        flatten(&self.value, 1, deepest, self.most, &mut self.visible);
    }

    /// Unfolds the ancestors of the node at `path` and returns its row (or the nearest one shown, if the tree is
    /// truncated).
    pub fn reveal(&mut self, path: &[usize]) -> usize {
        let mut at = 0;
        for (level, index) in path.iter().enumerate() {
            self.unfold(at);
            let below = self.visible[at + 1..].iter().take_while(|row| row.depth > level);
            let mut below = below.enumerate();
            let child = |row: &Row| row.depth == level + 1 && (row.index == *index || row.is_cut());
            let Some((offset, row)) = below.find(|(_, row)| child(row)) else {
                return at;
            };
            at += 1 + offset;
            if row.is_cut() {
                return at;
            }
        }
        at
    }

    /// The paths of all nodes whose key or own text has the pattern, in document order: at most as many as the
    /// tree may show nodes, and how many there are in all.
    pub fn find(&self, pattern: &Pattern) -> (Vec<Path>, usize) {
        let mut search = Search {
            pattern,
            path: Vec::new(),
            found: Vec::new(),
            total: 0,
            most: self.most,
        };
        search.walk(None, &self.value);
        (search.found, search.total)
    }

    /// The rows from the root down to `at`.
    fn line(&self, at: usize) -> Vec<usize> {
        let mut line = Vec::new();
        let mut depth = usize::MAX;
        for (number, row) in self.visible.iter().enumerate().take(at + 1).rev() {
            if row.depth < depth {
                line.push(number);
                depth = row.depth;
            }
        }
        line.reverse();
        line
    }

    /// The values from the root down to `at`.
    fn ancestry(&self, at: usize) -> Vec<Option<&Value>> {
        let mut values: Vec<Option<&Value>> = vec![Some(&*self.value)];
        for row in self.line(at).into_iter().skip(1) {
            let parent = values.last().copied().flatten();
            values.push(parent.and_then(|parent| self.visible[row].child(parent)));
        }
        values
    }
}

struct Search<'a> {
    pattern: &'a Pattern,
    path: Path,
    found: Vec<Path>,
    total: usize,
    most: usize,
}

impl Search<'_> {
    fn walk(&mut self, key: Option<&str>, value: &Value) {
        let own = match value {
            Value::String(text) => self.pattern.is_in(text),
            Value::Array(_) | Value::Object(_) => false,
            word => self.pattern.is_in(&word.to_string()),
        };
        if own || key.is_some_and(|key| self.pattern.is_in(key)) {
            self.total += 1;
            if self.found.len() < self.most {
                self.found.push(self.path.clone());
            }
        }
        for (index, (key, child)) in children(value).enumerate() {
            self.path.push(index);
            self.walk(key, child);
            self.path.pop();
        }
    }
}

/// The number of direct children.
pub fn size(value: &Value) -> usize {
    match value {
        Value::Array(elements) => elements.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

fn children(value: &Value) -> Box<dyn Iterator<Item = (Option<&str>, &Value)> + '_> {
    match value {
        Value::Array(elements) => Box::new(elements.iter().map(|child| (None, child))),
        Value::Object(members) => Box::new(members.iter().map(|(key, child)| (Some(key.as_str()), child))),
        _ => Box::new(std::iter::empty()),
    }
}

/// Appends the children of `value`, unfolded above level `deepest`; stops at `most` rows and says what is missing.
fn flatten(value: &Value, depth: usize, deepest: usize, most: usize, rows: &mut Vec<Row>) {
    for (index, (key, child)) in children(value).enumerate() {
        let mut row = Row {
            depth,
            index,
            step: key.map_or(Step::Element, |key| Step::Member(key.into())),
            open: depth < deepest && size(child) > 0,
        };
        if rows.len() >= most {
            row.step = Step::Cut(size(value) - index);
            row.open = false;
            rows.push(row);
            return;
        }
        let open = row.open;
        rows.push(row);
        if open {
            flatten(child, depth + 1, deepest, most, rows);
        }
    }
}

/// The number of nodes down to a level; stops counting once there are too many to unfold initially.
fn nodes(value: &Value, levels: usize) -> usize {
    let mut count = 1;
    if levels > 0 {
        for (_, child) in children(value) {
            count += nodes(child, levels - 1);
            if count > UNFOLDED_AT_FIRST {
                break;
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(value: Value) -> Rows {
        Rows::new(Arc::new(value), 1000)
    }

    #[test]
    fn small_trees_start_unfolded_large_ones_at_the_first_level() {
        assert_eq!(rows(json!({"a": {"b": [1, 2]}, "c": 3})).len(), 6);
        let wide: Vec<Value> = (0..300).map(|n| json!({ "n": n })).collect();
        assert_eq!(rows(json!(wide)).len(), 301);
        assert_eq!(rows(json!("alone")).len(), 1);
    }

    #[test]
    fn folding_and_unfolding_keeps_values_and_paths() {
        let mut tree = rows(json!({"a": {"b": [1, {"x y": true}]}, "c": 3}));
        let deepest = (0..tree.len())
            .find(|at| tree.value(*at) == Some(&json!(true)))
            .unwrap();
        assert_eq!(tree.path_text(deepest), "a.b[1].\"x y\"");
        assert_eq!(tree.path(deepest), [0, 0, 1, 0]);
        assert_eq!(tree.parent(deepest), Some(deepest - 1));
        let path = tree.path(deepest);
        tree.fold(1);
        assert_eq!(tree.len(), 3);
        assert_eq!(tree.value(2), Some(&json!(3)));
        assert_eq!(tree.reveal(&path), deepest);
        tree.unfold_to(1);
        assert!(!tree.is_unfolded());
        assert_eq!(tree.len(), 3);
    }

    #[test]
    fn visiting_a_range_gives_the_same_values_as_asking_one_by_one() {
        let tree = rows(json!({"a": {"b": [1, 2, {"c": null}]}, "d": [[], {}]}));
        for start in 0..tree.len() {
            tree.visit(start..tree.len(), |at, _, value| {
                assert_eq!(value, tree.value(at), "row {at}");
            });
        }
    }

    #[test]
    fn too_wide_a_tree_is_cut_and_says_so() {
        let mut tree = Rows::new(Arc::new(json!({"wide": vec![0; 50], "after": 1})), 10);
        tree.unfold_to(usize::MAX);
        let cuts: Vec<_> = tree
            .visible
            .iter()
            .filter(|row| row.is_cut())
            .map(|row| row.step.clone())
            .collect();
        assert_eq!(cuts, [Step::Cut(42), Step::Cut(1)]);
        assert_eq!(tree.value(10), None);
        assert_eq!(tree.reveal(&[0, 49]), 10, "the mark stands for what is cut");
    }

    #[test]
    fn finds_keys_and_values_in_document_order() {
        let tree = rows(json!({"Name": "x", "b": [{"name": 1}, "my name", 12]}));
        let found = |text: &str| tree.find(&Pattern::new(text).unwrap());
        assert_eq!(found("name"), (vec![vec![0], vec![1, 0, 0], vec![1, 1]], 3));
        assert_eq!(found("12").0, [[1, 2]]);
    }
}
