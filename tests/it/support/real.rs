//! The real parts that tests run beside the product: where a variable names one, else in the cache that holds them.
//! A missing one is said with what it was for, and is a failure where `NATSBRIDGE_REAL_PARTS=require`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python with nats-py and pyarrow.
pub fn python() -> Option<Command> {
    part("NATSBRIDGE_TEST_PYTHON", cached("py/bin/python")).map(Command::new)
}

/// A Node that finds nats and apache-arrow.
pub fn node() -> Option<Command> {
    let modules = part("NATSBRIDGE_TEST_NODE_MODULES", cached("js/node_modules"))?;
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules);
    Some(node)
}

/// A MicroPython.
pub fn micropython() -> Option<Command> {
    part("NATSBRIDGE_TEST_MICROPYTHON", cached("py/bin/micropython")).map(Command::new)
}

/// The current nats-server.
pub fn nats_server() -> Option<PathBuf> {
    part("NATSBRIDGE_TEST_NATS_SERVER", cached("py/bin/nats-server"))
}

/// The old nats-server that the product promises to work with: the one of the system.
pub fn old_nats_server() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join("nats-server"));
    let usual = PathBuf::from("/usr/sbin/nats-server");
    let found = found.into_iter().find(|program| program.is_file());
    part("NATSBRIDGE_TEST_NATS_SERVER_OLD", found.unwrap_or(usual))
}

/// An nginx with its dav module.
pub fn nginx() -> Option<PathBuf> {
    part("NATSBRIDGE_TEST_NGINX", "/usr/sbin/nginx".into())
}

/// A tmux.
pub fn tmux() -> Option<PathBuf> {
    part("NATSBRIDGE_TEST_TMUX", "/usr/bin/tmux".into())
}

/// A Chromium.
pub fn chromium() -> Option<PathBuf> {
    part("NATSBRIDGE_TEST_CHROMIUM", "/usr/bin/chromium".into())
}

/// A program of `tests/peers`.
pub fn peer(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers")
        .join(name)
}

fn cached(place: &str) -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    cache.unwrap_or_default().join("natsbridge-ci").join(place)
}

fn part(variable: &str, usual: PathBuf) -> Option<PathBuf> {
    let place = std::env::var_os(variable).map_or(usual, PathBuf::from);
    if place.exists() {
        return Some(place);
    }
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    left_out(&format!(
        "{test}, because there is no {}; {variable} names another place",
        place.display()
    ));
    None
}

/// Says what is left out and why; a failure where everything is required.
pub fn left_out(what: &str) {
    let required = std::env::var("NATSBRIDGE_REAL_PARTS").is_ok_and(|value| value == "require");
    assert!(!required, "left out: {what}");
    // Past the capture of the test runner: what was left out has to be seen although the test passes.
    let _ = writeln!(std::io::stderr(), "left out: {what}");
}
