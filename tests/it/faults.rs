//! The page of faults, `assets/faults.md`, against the tests: every row stands there, names its tests or says why there are
//! none, and every test that says which row it shows stands in that row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ROWS: usize = 57;

#[test]
fn every_row_stands_in_order_and_says_what_shows_it() {
    let rows = page();
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=ROWS).collect::<Vec<_>>());
    for row in rows {
        let (number, shown) = (row.number, !row.tests.is_empty());
        assert!(row.does, "row {number} does not say what the program does");
        assert_ne!(shown, row.not_shown, "row {number}: tests, or why there are none");
        assert!(shown || !row.in_part, "row {number}: in part of what?");
    }
}

#[test]
fn every_test_that_a_row_names_is_there() {
    let (integration, unit, fuzzed) = (integration_tests(), unit_tests(), fuzz_targets());
    let mut wrong = Vec::new();
    for row in page() {
        for name in &row.tests {
            let found = if let Some(target) = name.strip_prefix("fuzz::") {
                usize::from(fuzzed.contains(target))
            } else if name.contains("::") {
                usize::from(integration.contains_key(name))
            } else {
                unit.iter().filter(|test| *test == name).count()
            };
            if found != 1 {
                wrong.push(format!("row {}: {found} tests are called {name}", row.number));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_that_names_a_row_stands_there() {
    let rows = page();
    let mut wrong = Vec::new();
    for (name, Shows { own, file }) in integration_tests() {
        let stands = |number: &usize| {
            let row = rows.iter().find(|row| row.number == *number);
            row.is_some_and(|row| row.tests.contains(&name))
        };
        // A file that names rows leaves it open which of them a test without a row of its own belongs to.
        if !own.iter().all(stands) || (own.is_empty() && !file.is_empty() && !file.iter().any(stands)) {
            wrong.push(format!("{name}: it shows {own:?} of {file:?}"));
        }
    }
    assert!(wrong.is_empty(), "not in their rows:\n{}", wrong.join("\n"));
}

/// A row of the page.
#[derive(Default)]
struct Row {
    number: usize,
    /// Whether it says what the program does.
    does: bool,
    tests: BTreeSet<String>,
    in_part: bool,
    not_shown: bool,
}

fn page() -> Vec<Row> {
    let text = fs::read_to_string(root().join("assets/faults.md")).unwrap();
    let mut rows = Vec::new();
    for part in text.split("\n### ").skip(1) {
        // A heading of a section ends the row before it.
        let part = part.split("\n## ").next().unwrap();
        let mut paragraphs = part.split("\n\n").map(str::trim);
        let (number, _) = paragraphs.next().and_then(|head| head.split_once(". ")).unwrap();
        let mut row = Row {
            number: number.parse().unwrap(),
            ..Row::default()
        };
        for paragraph in paragraphs.filter(|paragraph| !paragraph.is_empty()) {
            if let Some(tests) = paragraph.strip_prefix("Tests: ") {
                row.tests = quoted(tests);
            } else if paragraph.starts_with("In part: ") {
                row.in_part = true;
            } else if paragraph.starts_with("Not shown yet: ") {
                row.not_shown = true;
            } else {
                row.does = true;
            }
        }
        rows.push(row);
    }
    rows
}

/// What stands between backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rows that a test shows by its own comment, and those that its file is about.
struct Shows {
    own: BTreeSet<usize>,
    file: BTreeSet<usize>,
}

/// The integration tests by their names, as in `engine::quitting::a_session_ends_in_time_and_says_what_it_leaves`.
fn integration_tests() -> BTreeMap<String, Shows> {
    let folder = root().join("tests/it");
    let mut tests = BTreeMap::new();
    for path in rust_files(&folder) {
        let text = fs::read_to_string(&path).unwrap();
        let place = path.strip_prefix(&folder).unwrap().with_extension("");
        let module: Vec<_> = place.iter().map(|part| part.to_str().unwrap()).collect();
        let about = text.lines().next().and_then(|line| line.strip_prefix("//! "));
        for (name, comment) in tests_in(&text) {
            let shows = Shows {
                own: rows_named(&comment),
                file: rows_named(about.unwrap_or_default()),
            };
            tests.insert(format!("{}::{name}", module.join("::")), shows);
        }
    }
    assert!(tests.len() > 500, "{} tests", tests.len());
    tests
}

/// The targets of the program that tries mutants, each in its file.
fn fuzz_targets() -> BTreeSet<String> {
    let registry = fs::read_to_string(root().join("tests/fuzz/targets/registry.rs")).unwrap();
    let list = registry.split("pub const TARGETS").nth(1).unwrap();
    let lines = list
        .lines()
        .filter_map(|line| line.trim().strip_prefix("super::"));
    lines
        .filter_map(|line| Some(line.split_once("::")?.0.to_owned()))
        .collect()
}

fn unit_tests() -> Vec<String> {
    let mut tests = Vec::new();
    for path in rust_files(&root().join("src")) {
        let text = fs::read_to_string(path).unwrap();
        tests.extend(tests_in(&text).into_iter().map(|(name, _)| name));
    }
    assert!(tests.len() > 500, "{} tests", tests.len());
    tests
}

/// The test functions of a source with the first line of each one's comment.
fn tests_in(text: &str) -> Vec<(String, String)> {
    let mut tests = Vec::new();
    let (mut comment, mut is_test) = (None, false);
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("/// ") {
            comment.get_or_insert(words);
        } else if line.starts_with("#[") {
            is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
        } else {
            let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            if let (true, Some(function)) = (is_test, function) {
                let name = function.split(['(', '<']).next().unwrap();
                tests.push((name.to_owned(), comment.unwrap_or_default().to_owned()));
            }
            (comment, is_test) = (None, false);
        }
    }
    tests
}

/// The rows that a comment begins with: `Row 45.`, `Rows 41, 43 and 45: …`, `Rows 23 to 25: …`.
fn rows_named(comment: &str) -> BTreeSet<usize> {
    let mut rows = BTreeSet::new();
    let Some(rest) = comment.strip_prefix("Rows ").or(comment.strip_prefix("Row ")) else {
        return rows;
    };
    let mut range = false;
    for word in rest.split(' ') {
        if let Ok(number) = word.trim_end_matches([',', '.', ':']).parse::<usize>() {
            let from = rows.last().filter(|_| range).copied();
            rows.extend(from.unwrap_or(number)..=number);
        } else if !["and", "to"].contains(&word) {
            break;
        }
        range = word == "to";
    }
    rows
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
