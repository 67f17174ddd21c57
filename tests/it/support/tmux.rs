//! The built workbench inside a real tmux, driven by the keys that a person would type.

use crate::support::binary::{FOREIGN, PATIENCE};
use crate::support::real;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A tmux server of its own with one window; ends with the value.
pub struct Tmux {
    folder: tempfile::TempDir,
}

impl Tmux {
    /// Starts the binary with these arguments in `folder` on a screen of that size; `None` where there is no tmux.
    pub fn open(size: (u16, u16), folder: &Path, args: &[&str]) -> Option<Self> {
        Self::open_at(size, folder, args, Path::new("/dev/null"))
    }

    /// As [`Tmux::open`], with what is remembered in a folder.
    pub fn open_at(size: (u16, u16), folder: &Path, args: &[&str], state: &Path) -> Option<Self> {
        let program = real::tmux()?;
        let tmux = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let (width, height) = (size.0.to_string(), size.1.to_string());
        let mut command = Command::new(program);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
            .env("XDG_CONFIG_HOME", tmux.folder.path())
            .env("XDG_STATE_HOME", state)
            .env("LC_ALL", "C.UTF-8")
            .args(["-u", "-f", "/dev/null", "-S"])
            .arg(tmux.socket())
            .args(["new-session", "-d", "-x", &width, "-y", &height, "-c"])
            .arg(folder)
            .arg(env!("CARGO_BIN_EXE_natsbridge"))
            .args(args);
        let started = command.output().unwrap();
        assert!(started.status.success(), "{started:?}");
        Some(tmux)
    }

    /// Presses keys by their tmux names: `Enter`, `Escape`, `C-p`, `x`.
    pub fn press(&self, keys: &[&str]) {
        let mut line = vec!["send-keys"];
        line.extend(keys);
        self.run(&line);
    }

    /// Types a text as it is.
    pub fn text(&self, text: &str) {
        self.run(&["send-keys", "-l", "--", text]);
    }

    /// Pastes a text as terminals do.
    pub fn paste(&self, text: &str) {
        self.run(&["set-buffer", "--", text]);
        self.run(&["paste-buffer", "-p"]);
    }

    /// What the screen shows.
    pub fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    /// Waits until the screen shows a text.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// Waits until the screen is as wanted.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{what:?} never came; the screen shows:\n{screen}"
            );
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// Waits until the program has ended, which ends its window and with it tmux.
    pub fn wait_for_the_end(&self) {
        let started = Instant::now();
        while self.command(&["has-session"]).output().unwrap().status.success() {
            assert!(
                started.elapsed() < PATIENCE,
                "the program never ended:\n{}",
                self.screen()
            );
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("tmux")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(real::tmux().unwrap());
        command.arg("-S").arg(self.socket()).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert!(output.status.success(), "tmux {args:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // It may be gone already, with its last window.
        let _ = self.command(&["kill-server"]).output();
    }
}
