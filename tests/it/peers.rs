//! Finds the real clients of other languages that tests talk to; when one is missing the test says what it left out.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has nats-py, or nothing after saying so.
pub fn python(left_out: &str) -> Option<Command> {
    let python = place("NATSBRIDGE_TEST_PYTHON", "py/bin/python");
    found(&python, "NATSBRIDGE_TEST_PYTHON", left_out).then(|| Command::new(python))
}

/// A Node that finds the JavaScript client, or nothing after saying so.
pub fn node(left_out: &str) -> Option<Command> {
    let modules = place("NATSBRIDGE_TEST_NODE_MODULES", "js/node_modules");
    let mut node = Command::new("node");
    node.env("NODE_PATH", &modules);
    found(&modules, "NATSBRIDGE_TEST_NODE_MODULES", left_out).then_some(node)
}

/// A script under `tests/peers/`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers")
        .join(name)
}

fn place(variable: &str, usual: &str) -> PathBuf {
    let home = || std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    std::env::var_os(variable).map_or_else(|| home().join(".cache/natsbridge-ci").join(usual), PathBuf::from)
}

fn found(path: &Path, variable: &str, left_out: &str) -> bool {
    let exists = path.exists();
    if !exists {
        eprintln!(
            "left out: {left_out}, because {} does not exist; set {variable}",
            path.display()
        );
        let required = std::env::var("NATSBRIDGE_REAL_PARTS").is_ok_and(|value| value == "require");
        assert!(
            !required,
            "NATSBRIDGE_REAL_PARTS=require, but {variable} leads nowhere"
        );
    }
    exists
}
