//! Where the real parts of the tests are: named by variables, else in the cache that `.ci/run` fills. What is missing
//! is said, and is a failure where `NATSBRIDGE_REAL_PARTS=require`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A real part, or a sentence on standard error that the test is left out.
pub fn part(what: &str, variable: &str, in_cache: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.clone().or_else(|| Some(cache()?.join(in_cache)))?;
    if found.exists() {
        return Some(found);
    }
    let message = format!(
        "left out: {what} is not at {} ({variable} names another place)",
        found.display()
    );
    assert!(
        std::env::var("NATSBRIDGE_REAL_PARTS").as_deref() != Ok("require"),
        "{message}"
    );
    eprintln!("{message}");
    None
}

/// A Python with nats-py and pyarrow.
pub fn python() -> Option<PathBuf> {
    part(
        "Python with nats-py and pyarrow",
        "NATSBRIDGE_TEST_PYTHON",
        "py/bin/python",
    )
}

/// MicroPython.
pub fn micropython() -> Option<PathBuf> {
    part("MicroPython", "NATSBRIDGE_TEST_MICROPYTHON", "py/bin/micropython")
}

/// Node modules with nats and apache-arrow.
pub fn node_modules() -> Option<PathBuf> {
    part(
        "nats and apache-arrow for node",
        "NATSBRIDGE_TEST_NODE_MODULES",
        "js/node_modules",
    )
}

fn cache() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    Some(cache.join("natsbridge-ci"))
}

/// A peer program of `tests/peers`.
pub fn peer(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/peers")
        .join(name)
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Running {
    /// Starts it with its outputs piped and no input.
    pub fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
