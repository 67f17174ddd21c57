//! The visible rows of a foldable JSON tree: folding, paths and search. A row is a place in the text, and only unfolded
//! parts exist as rows. Drawing is in `view.rs`.

use crate::preview::text::Pattern;
use natsbridge_wire::{JsonKind, JsonNode, JsonStep, JsonText, JsonWalk, Limits, ValuePath};
use std::borrow::Cow;

/// Trees with up to this many rows start unfolded.
const UNFOLDED_AT_FIRST: usize = 200;

/// One visible row. A value of a million parts has as many rows, so that they are small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The byte of the text where it starts, with its key if it has one; no text of four gigabytes is decoded.
    place: u32,
    /// Its number among its siblings.
    pub index: u32,
    /// How many items or members it has.
    pub size: u32,
    /// Levels below the root, of which a text has 127 at most.
    pub depth: u8,
    /// Whether it is a member of an object.
    member: bool,
    /// Whether its children follow.
    pub open: bool,
}

/// A tree as rows.
#[derive(Debug)]
pub struct Rows {
    json: JsonText,
    visible: Vec<Row>,
}

impl Rows {
    /// The rows of a value, unfolded as deep as stays readable.
    pub fn new(json: JsonText) -> Self {
        let deepest = readable_depth(json.root());
        let visible = unfolded(&json, deepest, |_| true).unwrap_or_default();
        Self { json, visible }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.visible.len()
    }

    /// How many rows there are on each level.
    pub fn levels(&self) -> Vec<usize> {
        let mut levels = Vec::new();
        for row in &self.visible {
            let level = usize::from(row.depth);
            levels.resize(levels.len().max(level + 1), 0);
            levels[level] += 1;
        }
        levels
    }

    /// One row.
    pub fn row(&self, at: usize) -> Option<Row> {
        self.visible.get(at).copied()
    }

    /// What a row shows: its key, if it has one, and its value.
    pub fn shown(&self, at: usize) -> Option<(Option<JsonNode<'_>>, JsonNode<'_>)> {
        let row = self.visible.get(at)?;
        let place = row.place as usize;
        if row.member {
            let (key, value) = self.json.member_at(place)?;
            Some((Some(key), value))
        } else {
            Some((None, self.json.at(place)?))
        }
    }

    /// The row that holds the row at `at`.
    pub fn parent(&self, at: usize) -> Option<usize> {
        let depth = self.visible.get(at)?.depth;
        let mut above = at;
        while self.visible[above].depth >= depth {
            // Each sibling before a row has at least one row, so that the parent is at least as far up.
            above = above.checked_sub(1 + self.visible[above].index as usize)?;
        }
        Some(above)
    }

    /// The path of a row, as filters and plots take it: `a.b[3]`, unusual keys quoted.
    pub fn path_text(&self, at: usize) -> String {
        let mut line: Vec<usize> = std::iter::successors(Some(at), |at| self.parent(*at)).collect();
        line.reverse();
        let mut path = ValuePath::default();
        for pair in line.windows(2) {
            // Windows of two have both.
            let (above, at) = (pair[0], pair[1]);
            match self.shown(at) {
                Some((Some(key), _)) => {
                    let key = key.text().unwrap_or_default();
                    let same = self.numbers_of(above, &key);
                    match same
                        .iter()
                        .position(|index| *index == self.visible[at].index as usize)
                    {
                        Some(place) if same.len() > 1 => path.push_nth(&key, place + 1),
                        _ => path.push_key(&key),
                    }
                }
                _ => path.push_index(self.visible[at].index as usize),
            }
        }
        path.to_string()
    }

    /// Which of the members of the row at `at` have that key, as far as it is told at once.
    fn numbers_of(&self, at: usize, key: &str) -> Vec<usize> {
        const AT_ONCE: usize = 10_000;
        let members = self.shown(at).into_iter().flat_map(|(_, value)| value.members());
        let members = members.take(AT_ONCE);
        let keys = members.enumerate().map(|(index, (own, _))| (index, own.text()));
        keys.filter(|(_, own)| own.as_deref() == Some(key))
            .map(|(index, _)| index)
            .collect()
    }

    /// Unfolds one row.
    pub fn unfold(&mut self, at: usize) {
        let Some((row, (_, value))) = self.visible.get(at).zip(self.shown(at)) else {
            return;
        };
        if row.open || row.size == 0 {
            return;
        }
        let depth = usize::from(row.depth);
        let children = rows_of(value, depth, depth + 1, |_| true).unwrap_or_default();
        self.visible[at].open = true;
        let below = at + 1;
        self.visible.splice(below..below, children.into_iter().skip(1));
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

    /// Shows these rows of the whole tree, which were made elsewhere.
    pub fn show(&mut self, rows: Vec<Row>) {
        self.visible = rows;
    }

    /// The text that it shows.
    pub fn json(&self) -> &JsonText {
        &self.json
    }

    /// Where a row starts in the text: by it the row is found again, however the tree is folded.
    pub fn place(&self, at: usize) -> u32 {
        self.visible.get(at).map_or(0, |row| row.place)
    }

    /// The row that starts at this place, or the row shown that holds it.
    pub fn nearest(&self, place: u32) -> usize {
        let after = self.visible.partition_point(|row| row.place <= place);
        after.saturating_sub(1)
    }

    /// Unfolds what holds the value at this place, and returns its row.
    pub fn reveal(&mut self, place: u32) -> usize {
        loop {
            let at = self.nearest(place);
            let folded = self.row(at).filter(|row| !row.open && row.size > 0);
            if folded.is_none_or(|row| row.place == place) {
                return at;
            }
            self.unfold(at);
        }
    }

    /// The bytes that are kept for it.
    #[cfg(test)]
    pub fn bytes_kept(&self) -> usize {
        self.json.as_str().len() + self.visible.capacity() * size_of::<Row>()
    }
}

/// The places of all values whose key or own text has the pattern, in the order of the text; `None` if `on` ends the search,
/// which is asked with the place where it is.
pub fn find(json: &JsonText, pattern: &Pattern, on: impl Fn(usize) -> bool) -> Option<Vec<u32>> {
    let has = |node: JsonNode<'_>| match node.kind() {
        JsonKind::Array | JsonKind::Object => false,
        _ => pattern.is_in(&own_text(node)),
    };
    let mut found = Vec::new();
    for step in JsonWalk::new(json.root()) {
        if !on(step.place()) {
            return None;
        }
        if step.key.is_some_and(has) || has(step.value) {
            found.push(step.place() as u32);
        }
    }
    Some(found)
}

/// The rows of the whole tree down to level `deepest`; `None` if `on` ends it, which is asked with the place where it is.
pub fn unfolded(json: &JsonText, deepest: usize, on: impl Fn(usize) -> bool) -> Option<Vec<Row>> {
    let mut rows = rows_of(json.root(), 0, deepest, on)?;
    rows.shrink_to_fit();
    Some(rows)
}

/// A string without its quotes and escapes, a number or word as it is in the text.
pub fn own_text(node: JsonNode<'_>) -> Cow<'_, str> {
    node.text().unwrap_or_else(|| node.raw().into())
}

/// The rows of a value `depth` levels below the root, itself the first, unfolded above level `deepest`.
fn rows_of(
    value: JsonNode<'_>,
    depth: usize,
    deepest: usize,
    on: impl Fn(usize) -> bool,
) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut walk = JsonWalk::new(value);
    // The rows from the value down to where the walk is.
    let mut line: Vec<usize> = Vec::new();
    while let Some(step) = walk.next() {
        if !on(step.place()) {
            return None;
        }
        line.truncate(step.depth);
        if let Some(parent) = line.last() {
            let parent = &mut rows[*parent];
            (parent.open, parent.size) = (true, step.index as u32 + 1);
        }
        let passed = if depth + step.depth >= deepest {
            walk.pass()
        } else {
            0
        };
        line.push(rows.len());
        rows.push(Row {
            size: passed as u32,
            ..folded_row(&step, depth)
        });
    }
    Some(rows)
}

fn folded_row(step: &JsonStep<'_>, depth: usize) -> Row {
    Row {
        place: step.place() as u32,
        index: step.index as u32,
        size: 0,
        depth: (depth + step.depth) as u8,
        member: step.key.is_some(),
        open: false,
    }
}

/// The deepest level down to which a tree is small enough to be unfolded at first; at least the first level.
fn readable_depth(root: JsonNode<'_>) -> usize {
    let mut deepest = Limits::in_force().json_depth;
    let mut levels = vec![0; deepest + 1];
    let mut shown = 0;
    let mut walk = JsonWalk::new(root);
    while deepest > 1
        && let Some(step) = walk.next()
    {
        if step.depth >= deepest {
            walk.pass();
        }
        if step.depth > deepest {
            continue;
        }
        levels[step.depth] += 1;
        shown += 1;
        while shown > UNFOLDED_AT_FIRST && deepest > 1 {
            shown -= levels[deepest];
            deepest -= 1;
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Rows {
        Rows::new(text.parse().unwrap())
    }

    fn unfold_to(tree: &mut Rows, deepest: usize) {
        // The rows of before go first, not to be there twice.
        tree.visible = Vec::new();
        tree.show(unfolded(tree.json(), deepest, |_| true).unwrap());
    }

    fn raw(tree: &Rows, at: usize) -> &str {
        tree.shown(at).unwrap().1.raw()
    }

    #[test]
    fn small_trees_start_unfolded_large_ones_at_the_first_level() {
        assert_eq!(rows(r#"{"a": {"b": [1, 2]}, "c": 3}"#).len(), 6);
        let wide = vec![r#"{"n": 1}"#; 300].join(",");
        assert_eq!(rows(&format!("[{wide}]")).len(), 301);
        assert_eq!(rows(&format!(r#"{{"a": {{"b": [{wide}]}}}}"#)).len(), 3);
        assert_eq!(rows("\"alone\"").len(), 1);
        assert_eq!(
            rows(&format!("{}7{}", "[".repeat(127), "]".repeat(127))).len(),
            128
        );
    }

    #[test]
    fn folding_and_unfolding_keeps_values_and_paths() {
        let mut tree = rows(r#"{"a": {"b": [1, {"x y": true}]}, "c": 3}"#);
        let deepest = (0..tree.len()).find(|at| raw(&tree, *at) == "true").unwrap();
        assert_eq!(tree.path_text(deepest), "a.b[1].\"x y\"");
        assert_eq!(tree.parent(deepest), Some(deepest - 1));
        let place = tree.place(deepest);
        tree.fold(1);
        assert_eq!((tree.len(), tree.nearest(place)), (3, 1));
        assert_eq!(raw(&tree, 2), "3");
        assert_eq!(tree.reveal(place), deepest);
        unfold_to(&mut tree, 1);
        assert!(!tree.is_unfolded());
        assert_eq!(tree.len(), 3);
    }

    #[test]
    fn a_parent_is_found_whatever_is_unfolded_before() {
        let mut tree = rows(&format!("[{}]", vec!["[[1, 2], {\"k\": [3]}]"; 100].join(",")));
        for deepest in [1, 2, 3, 4] {
            unfold_to(&mut tree, deepest);
            let mut line: Vec<usize> = Vec::new();
            for at in 0..tree.len() {
                line.truncate(tree.row(at).unwrap().depth.into());
                assert_eq!(tree.parent(at), line.last().copied(), "row {at}");
                line.push(at);
            }
        }
    }

    #[test]
    fn a_key_that_is_repeated_has_a_row_each_time() {
        let tree = rows(r#"{"a": 1e1000, "a": [-0], "": {}}"#);
        let shown: Vec<_> = (1..tree.len())
            .map(|at| (tree.path_text(at), raw(&tree, at)))
            .collect();
        let expected = [
            ("\"a\"#1", "1e1000"),
            ("\"a\"#2", "[-0]"),
            ("\"a\"#2[0]", "-0"),
            ("\"\"", "{}"),
        ];
        assert_eq!(shown, expected.map(|(path, raw)| (path.to_owned(), raw)));
    }

    #[test]
    fn finds_keys_and_values_in_the_order_of_the_text() {
        let mut tree = rows(r#"{"Name": "x", "b": [{"name": 1}, "my n\u0061me", 12.0]}"#);
        unfold_to(&mut tree, 1);
        let mut found = |text: &str| -> Vec<String> {
            let places = find(tree.json(), &Pattern::new(text).unwrap(), |_| true).unwrap();
            let rows: Vec<usize> = places.into_iter().map(|place| tree.reveal(place)).collect();
            rows.into_iter().map(|at| tree.path_text(at)).collect()
        };
        assert_eq!(found("name"), ["Name", "b[0].name", "b[1]"]);
        assert_eq!(found("12.0"), ["b[2]"]);
        assert!(found("{").is_empty());
    }

    #[test]
    fn a_million_small_objects_cost_little_and_are_walked_to_the_end() {
        const OBJECTS: usize = 1_050_000;
        let text = format!("[{}{{\"\":0}}]", "{\"\":0},".repeat(OBJECTS - 1));
        assert_eq!(text.len(), 7_350_001);
        let mut tree = rows(&text);
        assert_eq!(
            (tree.len(), tree.row(0).unwrap().size),
            (OBJECTS + 1, OBJECTS as u32)
        );
        let mut most = tree.bytes_kept();
        let mut at = 0;
        while at + 1 < tree.len() {
            at += 1;
            if at % 50_000 == 0 {
                tree.unfold(at);
                most = most.max(tree.bytes_kept());
                assert_eq!(tree.path_text(at + 1).rsplit_once('.').unwrap().1, "\"\"");
            }
            assert!(tree.shown(at).is_some());
        }
        assert_eq!(tree.path_text(at), format!("[{}]", OBJECTS - 1));
        assert_eq!(raw(&tree, at), "{\"\":0}");
        unfold_to(&mut tree, usize::MAX);
        assert_eq!(tree.len(), 2 * OBJECTS + 1);
        assert_eq!(tree.parent(2 * OBJECTS), Some(2 * OBJECTS - 1));
        assert_eq!(tree.parent(2 * OBJECTS - 1), Some(0));
        most = most.max(tree.bytes_kept());
        assert!(most < 45_000_000, "{most} bytes");
    }
}
