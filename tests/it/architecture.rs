//! The law of arrows: packages depend downward, no file and no room is in a ring, façades only declare, files stay short.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each package below `src` with the packages it may depend on. The root package (`cli`) may use them all.
const LAYERS: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("engine", &["wire"]),
    ("host", &["wire", "engine"]),
    ("app", &["wire", "engine"]),
    ("ui", &["wire", "engine", "app"]),
];
const MAX_LINES: usize = 500;

type Module = Vec<String>;

#[test]
fn packages_depend_downward() {
    for (layer, allowed) in LAYERS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(layer)
            .join("Cargo.toml");
        let manifest: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        let ours: Vec<&str> = (dependencies.keys())
            .filter_map(|name| name.strip_prefix("natsbridge-"))
            .collect();
        assert!(
            ours.iter().all(|name| allowed.contains(name)),
            "{layer} depends on {ours:?} and may depend on {allowed:?}"
        );
    }
}

#[test]
fn no_file_is_in_a_ring() {
    let sources = Sources::load();
    let mut graph: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (from, to) in sources.arrows() {
        graph.entry(from).or_default().insert(to);
    }
    let mut done = BTreeSet::new();
    for start in graph.keys() {
        let mut path = Vec::new();
        if let Some(ring) = walk(start, &graph, &mut path, &mut done) {
            panic!(
                "ring: {}",
                ring.iter().map(|m| m.join("::")).collect::<Vec<_>>().join(" -> ")
            );
        }
    }
}

#[test]
fn a_mod_file_is_a_facade() {
    for (module, source) in &Sources::load().files {
        if !source.facade {
            continue;
        }
        for statement in statements(&source.code) {
            let statement = past_attributes(&statement);
            let plain = statement
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub(super) ")
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub ");
            assert!(
                plain.starts_with("mod ") || plain.starts_with("use ") || statement.starts_with("#!["),
                "the façade of {} holds more than declarations: {statement}",
                module.join("::"),
            );
        }
    }
}

#[test]
fn files_stay_short_and_introduce_themselves() {
    for source in Sources::load().files.values() {
        let name = source.path.display();
        assert!(source.lines <= MAX_LINES, "{name}: {} lines", source.lines);
        assert!(source.introduced, "{name}: no //! line at the top");
    }
}

/// Limits come from the settings; the documented ones stand in for them only while the settings themselves are read.
#[test]
fn no_default_limit_stands_behind_the_settings() {
    const READ: [&str; 3] = ["wire::bounds", "app::model::settings", "cli::settings_file"];
    for (module, source) in &Sources::load().files {
        let code = source.code.replace("image::Limits", "");
        let behind = code.contains("Limits::DEFAULT") || code.contains("Limits::default()");
        let name = module.join("::");
        let reads = name.ends_with("tests") || READ.iter().any(|place| name.starts_with(place));
        assert!(!behind || reads, "{name} has limits that no setting changes");
    }
}

/// A declaration without what stands before it in brackets.
fn past_attributes(mut statement: &str) -> &str {
    while let Some((_, rest)) = statement
        .strip_prefix("#[")
        .and_then(|rest| rest.split_once(")] "))
    {
        statement = rest;
    }
    statement
}

/// `assets/architecture.md` lists every room of every layer once, and nothing that is not there.
#[test]
fn the_page_lists_every_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("assets/architecture.md")).unwrap();
    let (_, list) = page.split_once("## The rooms").unwrap();
    let (mut layer, mut listed) = ("", Vec::new());
    for line in list.lines() {
        if let Some(name) = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")) {
            layer = name;
        } else if let Some((room, _)) = line.strip_prefix("- `").and_then(|rest| rest.split_once("`: ")) {
            listed.push(format!("{layer}/{room}"));
        }
    }
    let mut there: Vec<String> = (Sources::load().files.iter())
        .filter(|(module, source)| source.facade && module.len() > 1)
        .map(|(module, _)| module.join("/"))
        .collect();
    there.sort();
    listed.sort();
    assert_eq!(listed, there);
}

struct Source {
    path: PathBuf,
    code: String,
    lines: usize,
    introduced: bool,
    facade: bool,
}

struct Sources {
    files: BTreeMap<Module, Source>,
}

impl Sources {
    fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = BTreeMap::new();
        collect(&root, &root, &mut files);
        Self { files }
    }

    /// Every import, from importing file to the file that the path leads to.
    fn arrows(&self) -> Vec<(Module, Module)> {
        let mut arrows = Vec::new();
        for (module, source) in &self.files {
            for path in paths(&source.code, module) {
                let Some(target) = self.resolve(path) else {
                    continue;
                };
                if target != *module {
                    arrows.push((module.clone(), target));
                }
            }
        }
        arrows
    }

    fn resolve(&self, mut path: Module) -> Option<Module> {
        while !path.is_empty() {
            if self.files.contains_key(&path) {
                return Some(path);
            }
            path.pop();
        }
        None
    }
}

fn collect(root: &Path, dir: &Path, files: &mut BTreeMap<Module, Source>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let mut module: Module = path
                .strip_prefix(root)
                .unwrap()
                .with_extension("")
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            let facade =
                (module.last()).is_some_and(|last| last == "mod" || (last == "lib" && module.len() > 1));
            if facade {
                module.pop();
            }
            let text = fs::read_to_string(&path).unwrap();
            let source = Source {
                lines: text.lines().count(),
                introduced: text.starts_with("//!"),
                code: strip(&text),
                facade,
                path,
            };
            files.insert(module, source);
        }
    }
}

/// Source without comments and without the test module at the end.
fn strip(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn statements(code: &str) -> impl Iterator<Item = String> {
    code.split(';')
        .map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|s| !s.is_empty())
}

/// Every path a file leads to: use trees unfolded, then `crate::…` and `super::…` written in place.
fn paths(code: &str, module: &Module) -> Vec<Module> {
    let (imports, rest) = split_imports(code);
    let mut found = Vec::new();
    for import in imports {
        unfold("", &import, &mut found);
    }
    for root in ["crate::", "super::", "natsbridge_"] {
        for (at, _) in rest.match_indices(root) {
            found.push(
                rest[at..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || "_:".contains(*c))
                    .collect(),
            );
        }
    }
    found.iter().filter_map(|path| absolute(path, module)).collect()
}

/// The trees of all `use` items, and the code without them.
fn split_imports(code: &str) -> (Vec<String>, String) {
    let (mut imports, mut rest) = (Vec::new(), String::new());
    let mut open: Option<String> = None;
    for line in code.lines() {
        let start = line.trim_start();
        let tree = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "]
            .iter()
            .find_map(|head| start.strip_prefix(head));
        match (&mut open, tree) {
            (Some(text), _) => text.push_str(start),
            (None, Some(tree)) => open = Some(tree.to_owned()),
            (None, None) => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
        if let Some(text) = open.take() {
            match text.split_once(';') {
                Some((tree, _)) => imports.push(tree.to_owned()),
                None => open = Some(text),
            }
        }
    }
    (imports, rest)
}

fn unfold(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        found.push(format!("{prefix}{}", path.trim()));
        return;
    };
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let prefix = format!("{prefix}{}", &tree[..open]);
    let (mut depth, mut start) = (0usize, 0usize);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[start..at].trim().is_empty() {
                    unfold(&prefix, &inner[start..at], found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

fn absolute(path: &str, module: &Module) -> Option<Module> {
    let mut parts = path
        .split("::")
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .peekable();
    let mut base = match *parts.peek()? {
        "crate" => {
            parts.next();
            package(module)
        }
        name if name.starts_with("natsbridge_") => {
            parts.next();
            vec![name.trim_start_matches("natsbridge_").to_owned()]
        }
        // `super` and `self` start here; in a façade a bare name is one of its children, elsewhere an outside crate.
        _ => module.clone(),
    };
    for part in parts {
        match part {
            "self" => {}
            "super" => {
                base.pop();
            }
            name => base.push(name.to_owned()),
        }
    }
    Some(base)
}

/// Where `crate::` starts in a file: the layer's own package, or the root package.
fn package(module: &Module) -> Module {
    let own = module
        .first()
        .filter(|first| LAYERS.iter().any(|(name, _)| name == first));
    own.into_iter().cloned().collect()
}

fn walk(
    at: &Module,
    graph: &BTreeMap<Module, BTreeSet<Module>>,
    path: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(seen) = path.iter().position(|m| m == at) {
        let mut ring = path[seen..].to_vec();
        ring.push(at.clone());
        return Some(ring);
    }
    if done.contains(at) {
        return None;
    }
    path.push(at.clone());
    for next in graph.get(at).into_iter().flatten() {
        if let Some(ring) = walk(next, graph, path, done) {
            return Some(ring);
        }
    }
    path.pop();
    done.insert(at.clone());
    None
}
