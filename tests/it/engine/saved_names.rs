//! Rows 29 and 30: what strangers name their payloads, and what waits where they are saved.

use crate::support::binary::Folder;
use natsbridge_engine::{safe_file_name, save_new, save_payload};
use natsbridge_wire::Blob;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;

/// Names that mean something to a file system, a shell or a person.
const NAMES: &[&str] = &[
    "",
    ".",
    "..",
    "...",
    "/",
    "//",
    "\\",
    "a/",
    "a\\",
    "/etc/passwd",
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "....//....//x",
    "..;/x",
    "%2e%2e%2fx",
    "..%c0%afx",
    "\u{ff0e}\u{ff0e}\u{ff0f}x",
    "\u{2025}\u{2215}x",
    "C:",
    "C:x",
    "C:\\x",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\x",
    "\\\\.\\PhysicalDrive0",
    "file:///etc/passwd",
    "x:stream",
    "x::$DATA",
    "CON",
    "con",
    "Con.txt",
    "PRN",
    "AUX.tar.gz",
    "NUL",
    "nul .txt",
    "COM1",
    "com9.log",
    "COM\u{b9}",
    "LPT1",
    "lpt\u{b3}.x",
    "CONIN$",
    "CLOCK$",
    ".bashrc",
    ".ssh/authorized_keys",
    "..hidden",
    "-rf",
    "--help",
    "-",
    "- x",
    " ",
    "  x  ",
    "x.",
    "x. . .",
    "x ",
    "~",
    "~/x",
    "$HOME",
    "`id`",
    "$(id)",
    "a;b",
    "a|b",
    "a&b",
    "a>b",
    "a<b",
    "a*b",
    "a?b",
    "a\"b",
    "a'b",
    "a\nb",
    "a\rb",
    "a\tb",
    "a\0b",
    "x\0.png",
    "a\u{7f}b",
    "a\u{9b}31mb",
    "a\u{1b}]0;x\u{7}b",
    "gpj\u{202e}exe.x",
    "a\u{200b}b",
    "a\u{feff}b",
    "a\u{ad}b",
    "a\u{e0041}b",
    "Übersicht 1.csv",
    "データ.arrow",
    "e\u{301}.txt",
    "🦀.bin",
    "autorun.inf",
    "desktop.ini",
    "a b.c-d_e",
];

/// What the three families of systems agree on.
fn holds_everywhere(name: &str) -> Result<(), &'static str> {
    let stem = name.split('.').next().unwrap().trim_end().to_uppercase();
    let device = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"].contains(&stem.as_str())
        || (stem.chars().count() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_numeric()));
    // Unix: one component, no option, not hidden.
    if name.is_empty() || name.contains(['/', '\0']) || name.starts_with(['.', '-', ' ']) {
        return Err("unix");
    }
    // Windows: no reserved character, no device, nothing that it strips from the end.
    if name.contains(['<', '>', ':', '"', '\\', '|', '?', '*', '~', '$'])
        || name.ends_with(['.', ' '])
        || device
    {
        return Err("windows");
    }
    // macOS: bytes, and nothing that is not seen.
    if name.len() > 120 || name.chars().any(|c| !(c.is_alphanumeric() || "._ -".contains(c))) {
        return Err("macos");
    }
    Ok(())
}

/// Row 29.
#[test]
fn names_stay_names() {
    let long = [
        "é".repeat(200),
        "a".repeat(300),
        format!("{}.png", "x".repeat(119)),
        format!("NUL.{}", "x".repeat(119)),
        ".".repeat(300),
    ];
    let names: Vec<&str> = NAMES
        .iter()
        .copied()
        .chain(long.iter().map(String::as_str))
        .collect();
    assert!(names.len() >= 80);
    let folder = Folder::new();
    for name in names {
        for id in ["7", "../x", ""] {
            let safe = safe_file_name(name, id);
            assert_eq!(holds_everywhere(&safe), Ok(()), "{name:?} became {safe:?}");
        }
        let path = save_payload(folder.path(), name, "7", &"x".into()).unwrap();
        assert_eq!(path.parent(), Some(folder.path()), "{name:?}");
        let saved = path.file_name().unwrap().to_str().unwrap();
        assert!(saved.len() <= 120, "{saved}");
        assert_eq!(std::fs::read(&path).unwrap(), b"x");
    }
    for (name, safe) in [
        ("", "payload-7"),
        ("a/", "payload-7"),
        ("../../etc/passwd", "passwd"),
        ("NUL", "_NUL"),
    ] {
        assert_eq!(safe_file_name(name, "7"), safe);
    }
}

/// Row 30.
#[cfg(unix)]
#[test]
fn what_waits_under_a_name_is_left_alone() {
    type Put<'a> = &'a dyn Fn(&Path);
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let dir = folder.path();
    let elsewhere = Folder::new();
    let target = elsewhere.path().join("target");
    std::fs::write(&target, "precious").unwrap();
    let waits: &[(&str, Put<'_>)] = &[
        ("file", &|path| std::fs::write(path, "mine").unwrap()),
        ("empty", &|path| std::fs::write(path, "").unwrap()),
        ("read-only", &|path| {
            std::fs::write(path, "mine").unwrap();
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o400)).unwrap();
        }),
        ("program", &|path| {
            std::fs::write(path, "mine").unwrap();
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
        }),
        ("folder", &|path| std::fs::create_dir(path).unwrap()),
        ("link to a file", &|path| symlink(&target, path).unwrap()),
        ("link to nothing", &|path| {
            symlink(elsewhere.path().join("new"), path).unwrap();
        }),
        ("link to a folder", &|path| {
            symlink(elsewhere.path(), path).unwrap();
        }),
        ("link to itself", &|path| symlink(path, path).unwrap()),
        ("link to a device", &|path| symlink("/dev/null", path).unwrap()),
        ("second name of a file", &|path| {
            std::fs::hard_link(&target, path).unwrap();
        }),
        ("socket", &|path| {
            drop(std::os::unix::net::UnixListener::bind(path).unwrap());
        }),
    ];
    for (name, put) in waits {
        put(&dir.join(name));
        let before = std::fs::symlink_metadata(dir.join(name)).unwrap();
        let saved = save_payload(dir, name, "7", &"new".into()).unwrap();
        assert_eq!(saved, dir.join(format!("{name} (1)")));
        assert_eq!(std::fs::read(&saved).unwrap(), b"new");
        let mode = std::fs::symlink_metadata(&saved).unwrap().permissions().mode();
        assert_eq!(
            mode & 0o7777,
            0o600,
            "{name}: readable by its owner only, never a program"
        );
        let after = std::fs::symlink_metadata(dir.join(name)).unwrap();
        assert_eq!(
            (before.len(), before.file_type()),
            (after.len(), after.file_type()),
            "{name}"
        );
        let error = save_new(&dir.join(name), &"new".into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{name}");
    }
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");
    assert!(!elsewhere.path().join("new").exists());
    let error = save_payload(&dir.join("nowhere"), "x", "7", &"x".into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// Row 30.
#[test]
fn a_thousand_races_lose_nothing() {
    let folder = Folder::new();
    for race in 0..1000 {
        let name = format!("race-{race}.txt");
        let saved: Vec<_> = std::thread::scope(|scope| {
            let savers = ["one", "two"].map(|word| {
                let (dir, name) = (folder.path(), &name);
                scope.spawn(move || (save_payload(dir, name, "7", &Blob::from(word)).unwrap(), word))
            });
            savers.into_iter().map(|saver| saver.join().unwrap()).collect()
        });
        let places: HashSet<_> = saved.iter().map(|(path, _)| path).collect();
        assert_eq!(places.len(), 2, "race {race}");
        for (path, word) in &saved {
            assert_eq!(std::fs::read_to_string(path).unwrap(), **word, "race {race}");
        }
    }
}
