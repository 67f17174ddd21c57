//! Methods stand with their type: every inherent `impl` is in the file of its type, so that no ring of files hides behind
//! method calls, which need no import. And the screen's task decodes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What decodes, examines, or judges by a filter: for workers only.
const WORK: &[&str] = &[
    "decode_message(",
    "decode_plain(",
    "decode_blob(",
    "decode_image(",
    "direct_body(",
    "judge_readers(",
    "Candidate",
    ".examine(",
    ".examine_pending(",
    ".digest_pending(",
];

/// What runs on the screen's task: the state with its updates, and what draws it.
const SCREEN: &[&str] = &[
    "app",
    "ui/shell",
    "ui/panes",
    "ui/overlays",
    "ui/frame",
    "ui/paint",
];

#[test]
fn an_inherent_impl_stands_in_the_file_of_its_type() {
    for source in sources() {
        for of in &source.impls {
            let (name, path) = (&of.name, &source.path);
            assert!(source.types.contains(name), "methods of {name} stand in {path}");
        }
    }
}

/// A file that calls a method of a type that it names leads to the file of that type, whether it imports it or not.
#[test]
fn no_file_is_in_a_ring_of_method_calls() {
    let sources = sources();
    let mut methods: BTreeMap<&str, Vec<(&str, &Source)>> = BTreeMap::new();
    for source in &sources {
        for of in &source.impls {
            for method in &of.methods {
                methods.entry(method).or_default().push((&of.name, source));
            }
        }
    }
    let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in &sources {
        for call in called(&source.code) {
            // A name that several types have says nothing.
            let Some([(name, of)]) = methods.get(call).map(Vec::as_slice) else {
                continue;
            };
            if of.path != source.path && of.package() == source.package() && names(&source.code, name) {
                graph.entry(&source.path).or_default().insert(&of.path);
            }
        }
    }
    let arrows: usize = graph.values().map(BTreeSet::len).sum();
    assert!(arrows > 100, "calls are found: {arrows}");
    // What leads nowhere is in no ring: what is left in the end are rings and what leads to them.
    loop {
        let inner: BTreeSet<&str> = graph.keys().copied().collect();
        let before = graph.len();
        graph.retain(|_, to| {
            to.retain(|to| inner.contains(to));
            !to.is_empty()
        });
        if graph.len() == before {
            break;
        }
    }
    assert!(graph.is_empty(), "rings, and what leads to them: {graph:#?}");
}

#[test]
fn the_screens_task_decodes_nothing() {
    for source in sources() {
        if !SCREEN
            .iter()
            .any(|room| source.path.starts_with(&format!("{room}/")))
        {
            continue;
        }
        for work in WORK {
            assert!(!source.code.contains(work), "{}: {work}", source.path);
        }
    }
}

/// The state's rooms are data: what changes them across rooms stands in `update`, which the model does not know.
#[test]
fn the_model_knows_no_update() {
    for source in sources() {
        assert!(
            !source.path.starts_with("app/model/") || !source.code.contains("crate::update"),
            "{}",
            source.path
        );
    }
}

struct Source {
    /// Below `src`.
    path: String,
    /// Without comments and tests.
    code: String,
    types: BTreeSet<String>,
    impls: Vec<Impl>,
}

impl Source {
    fn package(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }
}

struct Impl {
    name: String,
    /// Those that take `self`.
    methods: Vec<String>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let sources: Vec<Source> = paths.iter().map(|path| read(&root, path)).collect();
    let impls: usize = sources.iter().map(|source| source.impls.len()).sum();
    assert!(impls > 300, "impls are found: {impls}");
    sources
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            paths.push(path);
        }
    }
}

fn read(root: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code: Vec<&str> = (code.lines())
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let mut source = Source {
        path: path
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/"),
        code: code.join("\n"),
        types: BTreeSet::new(),
        impls: Vec::new(),
    };
    let mut open = false;
    for (at, line) in code.iter().enumerate() {
        source.types.extend(defined(line));
        if *line == "}" {
            open = false;
        }
        if line.starts_with("impl ") || line.starts_with("impl<") {
            // The head may stand on several lines.
            let head: Vec<&str> = (code[at..].iter()).map(|line| line.trim()).take(9).collect();
            let head = head.join(" ");
            let name = inherent(head.split('{').next().unwrap_or_default());
            open = name.is_some();
            source.impls.extend(name.map(|name| Impl {
                name,
                methods: vec![],
            }));
        } else if open && let Some(of) = source.impls.last_mut() {
            of.methods.extend(method(&code[at..]));
        }
    }
    source
}

/// The type that a line defines.
fn defined(line: &str) -> Option<String> {
    let words = line.trim_start();
    let words = match words.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ")?.1,
        None => words.strip_prefix("pub ").unwrap_or(words),
    };
    let rest = ["struct ", "enum ", "union ", "trait "]
        .iter()
        .find_map(|kind| words.strip_prefix(kind))?;
    Some(word(rest).to_owned())
}

/// The type of an inherent impl with this head; `None` if it is a trait's.
fn inherent(head: &str) -> Option<String> {
    let rest = head.strip_prefix("impl")?;
    let rest = past_generics(rest).trim();
    if rest.contains(" for ") {
        return None;
    }
    let path = rest.trim_start_matches("dyn ").split(['<', ' ']).next()?;
    path.rsplit("::").next().map(str::to_owned)
}

fn past_generics(text: &str) -> &str {
    if !text.starts_with('<') {
        return text;
    }
    let mut depth = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
        before = c;
    }
    text
}

/// The method that starts on the first of these lines, if it takes `self`.
fn method(lines: &[&str]) -> Option<String> {
    let (_, rest) = lines.first()?.split_once("fn ")?;
    let name = word(rest);
    let head: String = lines
        .iter()
        .take(3)
        .map(|line| line.trim())
        .collect::<Vec<_>>()
        .join(" ");
    let (_, arguments) = head.split_once("fn ")?.1.split_once('(')?;
    let first = arguments.trim_start().split([',', ')', ':']).next()?;
    (first.split(['&', ' ']).next_back()? == "self").then(|| name.to_owned())
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// The names of all methods that are called.
fn called(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices('.').filter_map(|(at, _)| {
        let name = word(&code[at + 1..]);
        code[at + 1 + name.len()..].starts_with('(').then_some(name)
    })
}

/// Whether a type is named.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let ends = |c: char| !c.is_alphanumeric() && c != '_';
        code[..at].chars().next_back().is_none_or(ends)
            && code[at + name.len()..].chars().next().is_none_or(ends)
    })
}
