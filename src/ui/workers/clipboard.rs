//! Copying by programs of this machine, and what is said of a copy: what was done, never more. That the terminal is asked
//! (OSC 52) is the loop's; whether it takes the text, it does not say.

use natsbridge_app::{Clipboard, size};
use natsbridge_wire::Severity;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often a running program is looked at, and how often before it is given up.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: usize = 100;

/// A program that takes a text at its standard input.
struct Program {
    way: Clipboard,
    name: &'static str,
    args: &'static [&'static str],
}

/// All of them. The second form of tmux is for versions before 3.2.
const PROGRAMS: [Program; 6] = [
    program(Clipboard::WlCopy, "wl-copy", &[]),
    program(Clipboard::Xclip, "xclip", &["-selection", "clipboard"]),
    program(Clipboard::Xsel, "xsel", &["--clipboard", "--input"]),
    program(Clipboard::Pbcopy, "pbcopy", &[]),
    program(Clipboard::Tmux, "tmux", &["load-buffer", "-w", "-"]),
    program(Clipboard::Tmux, "tmux", &["load-buffer", "-"]),
];

const fn program(way: Clipboard, name: &'static str, args: &'static [&'static str]) -> Program {
    Program { way, name, args }
}

/// Copies a text by the first program that takes it, and says what came of it.
pub fn copied(text: &str, way: Clipboard, variable: &dyn Fn(&str) -> Option<String>) -> (Severity, String) {
    let bytes = size(text.len() as u64);
    let mut fault = None;
    for program in PROGRAMS
        .iter()
        .filter(|program| serves(program.way, way, variable))
    {
        match run(program.name, program.args, text) {
            Ok(()) if program.way == Clipboard::Tmux => return (Severity::Note, by_tmux(&bytes, way)),
            Ok(()) => return (Severity::Note, format!("Copied {bytes} with {}.", program.name)),
            Err(why) => fault = Some(format!("{}: {why}", program.name)),
        }
    }
    match fault {
        // The terminal was asked all the same.
        Some(why) if !way.asks_terminal() => {
            let text = format!("Not copied by {why}. The setting clipboard names another way.");
            (Severity::Error, text)
        }
        _ => (
            Severity::Note,
            format!("Sent {bytes} to the terminal's clipboard (OSC 52)."),
        ),
    }
}

/// Whether a program is tried: the one that is named; or those of the desktop that this is, but over SSH none, whose clipboard
/// is another machine's.
fn serves(program: Clipboard, way: Clipboard, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    if way != Clipboard::Auto {
        return program == way;
    }
    let set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let remote = set("SSH_CONNECTION") || set("SSH_TTY");
    match program {
        Clipboard::WlCopy => !remote && set("WAYLAND_DISPLAY"),
        Clipboard::Xclip | Clipboard::Xsel => !remote && set("DISPLAY"),
        Clipboard::Pbcopy => !remote && cfg!(target_os = "macos"),
        Clipboard::Tmux => set("TMUX"),
        Clipboard::Auto | Clipboard::Osc52 => false,
    }
}

/// What is said of a text in tmux's buffer: whether the terminal got it too, tmux decides.
fn by_tmux(bytes: &str, way: Clipboard) -> String {
    let asked = Command::new("tmux")
        .args(["show-options", "-sv", "set-clipboard"])
        .stdin(Stdio::null())
        .output();
    let set = asked
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let set = set.unwrap_or_default();
    match set.trim() {
        "on" if way.asks_terminal() => {
            format!("Copied {bytes} into tmux's buffer, and sent it to the terminal's clipboard (OSC 52).")
        }
        "on" => format!("Copied {bytes} into tmux's buffer."),
        set => format!(
            "Copied {bytes} into tmux's buffer; the terminal may have refused it: in tmux, set-clipboard is {}, not on.",
            if set.is_empty() { "unknown" } else { set }
        ),
    }
}

/// Gives a text to a program and waits for it. What it leaves behind to hold the clipboard has no say in that.
fn run(name: &str, args: &[&str], text: &str) -> Result<(), String> {
    let spawned = Command::new(name)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = spawned.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "not installed".to_owned(),
        _ => format!("cannot be started: {error}"),
    })?;
    let written = child
        .stdin
        .take()
        .map_or(Ok(()), |mut input| input.write_all(text.as_bytes()));
    let ended = wait(&mut child)?;
    written.map_err(|error| format!("takes nothing: {error}"))?;
    ended.then_some(()).ok_or_else(|| "failed".to_owned())
}

/// Waits until it ends; whether it succeeded.
fn wait(child: &mut Child) -> Result<bool, String> {
    for _ in 0..LOOKS {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) => std::thread::sleep(LOOK),
            Err(error) => return Err(format!("cannot be waited for: {error}")),
        }
    }
    // It may have ended by itself in the meantime.
    let _ = child.kill();
    let _ = child.wait();
    Err("does not end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(way: Clipboard, set: &[&str]) -> Vec<&'static str> {
        let variable = |name: &str| set.contains(&name).then(|| "1".to_owned());
        let served = PROGRAMS
            .iter()
            .filter(|program| serves(program.way, way, &variable));
        served.map(|program| program.name).collect()
    }

    #[test]
    fn the_programs_of_this_desktop_are_tried_and_none_over_ssh() {
        let auto = Clipboard::Auto;
        assert_eq!(
            tried(auto, &["WAYLAND_DISPLAY", "DISPLAY"]),
            ["wl-copy", "xclip", "xsel"]
        );
        assert_eq!(
            tried(auto, &["DISPLAY", "TMUX"]),
            ["xclip", "xsel", "tmux", "tmux"]
        );
        assert_eq!(tried(auto, &["DISPLAY", "SSH_TTY", "TMUX"]), ["tmux", "tmux"]);
        assert_eq!(tried(Clipboard::Xsel, &["SSH_TTY"]), ["xsel"]);
        assert!(tried(Clipboard::Osc52, &["DISPLAY", "TMUX"]).is_empty());
    }

    #[test]
    fn what_was_done_is_said() {
        let none = |_: &str| None;
        let (_, told) = copied("grape", Clipboard::Auto, &none);
        assert_eq!(told, "Sent 5 B to the terminal's clipboard (OSC 52).");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_takes_the_text_fails_or_is_not_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let into = format!("cat > {}", file.path().display());
        assert_eq!(run("sh", &["-c", &into], "grape"), Ok(()));
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "grape");
        assert_eq!(run("sh", &["-c", "cat; exit 3"], "x"), Err("failed".into()));
        assert_eq!(
            run("natsbridge-no-such-program", &[], "x"),
            Err("not installed".into())
        );
    }
}
