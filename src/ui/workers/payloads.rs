//! Work on a payload: viewing it as another kind, opening it in another program, piping it through a command,
//! plotting a value across messages.

use super::done::Done;
use crate::preview::{Series, as_kind_sheet, output_sheet, value_sheet};
use bytes::Bytes;
use natsbridge_app::{Msg, Numbers, Progress, ShownPayload};
use natsbridge_engine::{Store, create_new, value_series};
use natsbridge_wire::{Blob, Kind, Limits, Severity, ValuePath};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How often a running command is checked.
const LOOK: Duration = Duration::from_millis(20);
/// Bytes of error output shown.
const COMPLAINT: u64 = 4096;

/// A sentence for a person.
fn told(severity: Severity, text: impl Into<String>) -> Vec<Done> {
    vec![Done::notice(severity, text)]
}

/// The payload as another kind.
pub fn view_as(shown: ShownPayload, kind: Kind, limits: &Limits) -> Vec<Done> {
    let sheet = as_kind_sheet(&shown.file_name, shown.body, kind, limits);
    vec![Done::Sheet(sheet)]
}

/// A value of these messages, plotted.
pub fn plot_value(
    store: &Store,
    (subject, seqs): (&str, &Numbers),
    path: &ValuePath,
    limits: &Limits,
    progress: &Progress,
) -> Vec<Done> {
    let mut series = Series::new(path.to_string(), "seconds");
    let mut first = None;
    let mut add = |at_us, value| {
        let first = *first.get_or_insert(at_us);
        series.push((at_us - first) as f64 / 1e6, value);
    };
    if value_series(store, (subject, seqs.iter()), path, limits, progress, &mut add).is_none() {
        return vec![];
    }
    if let Some(sheet) = value_sheet(series, subject) {
        return vec![Done::Sheet(sheet)];
    }
    let text = format!("No listed message on {subject} has a number at {path}.");
    told(Severity::Note, text)
}

/// The words of a command with its placeholders filled in. A value stays within its word: no shell is involved.
pub fn words(command: &str, fill: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let words = shell_words::split(command).map_err(|error| {
        format!("The command cannot be parsed: {error}. Check that all quotes are closed.")
    })?;
    if words.is_empty() {
        return Err("The command is empty.".to_owned());
    }
    let filled = |word: String| {
        fill.iter().fold(word, |word, (name, value)| {
            word.replace(&format!("{{{{{name}}}}}"), value)
        })
    };
    Ok(words.into_iter().map(filled).collect())
}

/// What a command prints when it gets the payload as its input.
pub fn pipe(shown: ShownPayload, command: &str, limits: &Limits, progress: &Progress) -> Vec<Done> {
    let fill = [
        ("subject", shown.subject.as_str()),
        ("dataname", shown.dataname.as_str()),
        ("kind", shown.kind.name()),
    ];
    let words = match words(command, &fill) {
        Ok(words) => words,
        Err(why) => return told(Severity::Error, why),
    };
    match run(&words, shown.body, limits.text_head as u64, progress) {
        Ok(Some(printed)) => {
            let title = format!("{} | {command}", shown.file_name);
            let mut done = Vec::new();
            if printed.len() as u64 == limits.text_head as u64 {
                done = told(Severity::Warning, "The output is longer than shown here.");
            }
            done.push(Done::Sheet(output_sheet(title, &printed, limits)));
            done
        }
        Ok(None) => vec![],
        Err(why) => told(Severity::Error, why),
    }
}

/// Runs a command; `None` if it was cancelled.
fn run(words: &[String], body: Blob, most: u64, progress: &Progress) -> Result<Option<Bytes>, String> {
    let name = &words[0];
    let mut child = Command::new(name)
        .args(&words[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("Cannot start {name}: {error}. Is it installed and spelled correctly?"))?;
    let mut input = child.stdin.take();
    std::thread::spawn(move || {
        // A command that reads only part of its input closes it; that is not an error.
        let _ = input.as_mut().map(|input| copy(&body, input));
        drop(input);
    });
    let printing = reading(child.stdout.take(), most);
    let complaining = reading(child.stderr.take(), COMPLAINT);
    let ended = loop {
        if progress.is_cancelled() {
            stop(&mut child);
            return Ok(None);
        }
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {}
            Err(error) => return Err(format!("Cannot wait for {name}: {error}.")),
        }
        std::thread::sleep(LOOK);
    };
    let printed = printing.join().unwrap_or_default();
    let complaint = complaining.join().unwrap_or_default();
    if !ended.success() && printed.len() < most as usize {
        let complaint = String::from_utf8_lossy(&complaint);
        let complaint = complaint.trim();
        let said = if complaint.is_empty() {
            "no error output".to_owned()
        } else {
            format!("it printed: {complaint}")
        };
        return Err(format!("{name} failed ({ended}); {said}"));
    }
    Ok(Some(printed.into()))
}

fn stop(child: &mut Child) {
    // It may have ended by itself in the meantime.
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads up to so many bytes; what comes after is not waited for.
fn reading(from: Option<impl Read + Send + 'static>, most: u64) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            // What was read before a fault counts.
            let _ = from.take(most).read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Writes a blob piece by piece.
fn copy(body: &Blob, to: &mut dyn Write) -> io::Result<()> {
    const PIECE: u64 = 1 << 20;
    let mut at = 0;
    while at < body.len() {
        let end = (at + PIECE).min(body.len());
        to.write_all(&body.slice(at..end)?)?;
        at = end;
    }
    Ok(())
}

/// A folder that only its owner can look into; gone when it is dropped.
pub fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("natsbridge-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// Writes the payload into a file that only its owner can read.
pub fn write_outside(folder: &TempDir, shown: &ShownPayload) -> io::Result<PathBuf> {
    let mut n = 0;
    loop {
        let name = if n == 0 {
            shown.file_name.clone()
        } else {
            format!("{n}-{}", shown.file_name)
        };
        let path = folder.path().join(name);
        match create_new(&path) {
            Ok(mut file) => {
                copy(&shown.body, &mut file)?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => n += 1,
            Err(error) => return Err(error),
        }
    }
}

/// The program that the system has for opening files.
pub fn system_opener() -> &'static str {
    if cfg!(target_os = "macos") {
        "open {{file}}"
    } else if cfg!(windows) {
        "explorer {{file}}"
    } else {
        "xdg-open {{file}}"
    }
}

/// Opens a file, which `word` stands for in the command, beside the workbench, and waits for the program: how it failed is told.
pub fn open_beside(command: &str, word: &str, path: &std::path::Path) -> Vec<Msg> {
    let file = path.display().to_string();
    let words = match words(command, &[(word, &file)]) {
        Ok(words) => words,
        Err(why) => return vec![Msg::Notice(Severity::Error, why)],
    };
    let name = &words[0];
    let ended = Command::new(name)
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match ended {
        Ok(status) if status.success() => vec![],
        Ok(status) => {
            let text = format!("{name} failed ({status}).");
            vec![Msg::Notice(Severity::Warning, text)]
        }
        Err(error) => {
            let text = format!(
                "Cannot start {name}: {error}. [open] in the settings sets the program for each \
                         kind."
            );
            vec![Msg::Notice(Severity::Error, text)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(body: &'static [u8]) -> ShownPayload {
        ShownPayload {
            subject: "a b; rm -rf /".to_owned(),
            dataname: "$(id)".to_owned(),
            kind: Kind::Text,
            file_name: "message.txt".to_owned(),
            body: Bytes::from_static(body).into(),
        }
    }

    fn piped(body: &'static [u8], command: &str) -> Result<String, String> {
        let done = pipe(payload(body), command, &Limits::DEFAULT, &Progress::default());
        match done.into_iter().next_back() {
            Some(Done::Sheet(sheet)) => Ok(sheet.view.copy().unwrap_or_default()),
            Some(Done::Told(Msg::Notice(_, text))) => Err(text),
            _ => Err("nothing".to_owned()),
        }
    }

    #[test]
    fn foreign_words_stay_within_theirs() {
        let filled = words(
            "x 'a {{subject}}' {{dataname}}",
            &[("subject", "p; q"), ("dataname", "-z")],
        );
        assert_eq!(filled.unwrap(), ["x", "a p; q", "-z"]);
        assert!(
            words("x 'a", &[])
                .unwrap_err()
                .contains("Check that all quotes are closed")
        );
        assert!(words("  ", &[]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_command_prints_is_shown() {
        assert!(piped(b"grape", "tr a-z A-Z").unwrap().contains("GRAPE"));
        let said = piped(b"x", "printf '%s|' {{subject}} {{dataname}} {{kind}}").unwrap();
        assert!(said.contains("a b; rm -rf /|$(id)|text|"), "{said}");
        assert!(
            piped(b"x", "true")
                .unwrap()
                .contains("The command printed nothing.")
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_goes_wrong_is_said() {
        let missing = piped(b"x", "natsbridge-no-such-program").unwrap_err();
        assert!(
            missing.starts_with("Cannot start natsbridge-no-such-program"),
            "{missing}"
        );
        let bad = piped(b"x", "sh -c 'echo no >&2; exit 3'").unwrap_err();
        assert!(bad.contains("failed") && bad.contains("it printed: no"), "{bad}");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_never_ends_is_given_up() {
        let progress = Progress::default();
        progress.cancel();
        assert!(pipe(payload(b"x"), "sleep 1000", &Limits::DEFAULT, &progress).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn files_for_other_programs_are_new_and_the_owners() {
        use std::os::unix::fs::PermissionsExt;
        let folder = private_folder().unwrap();
        let paths = [(); 2].map(|()| write_outside(&folder, &payload(b"grape")).unwrap());
        assert_ne!(paths[0], paths[1]);
        assert_eq!(std::fs::read(&paths[1]).unwrap(), b"grape");
        for path in [folder.path(), &paths[0]] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{path:?}");
        }
        assert!(open_beside("test -f {{file}}", "file", &paths[0]).is_empty());
        assert!(!open_beside("test -d {{file}}", "file", &paths[0]).is_empty());
    }
}
