//! Programs that payloads are commonly opened with, taken where the settings name none and they are installed.

use natsbridge_wire::Kind;

/// A program for some kinds of payload.
#[derive(Debug, Clone, Copy)]
pub struct OpenerPreset {
    /// Its name: the program that must be installed, and what `[open]` may name instead of a command.
    pub name: &'static str,
    /// What it opens.
    pub kinds: &'static [Kind],
    /// Its command, with `{{file}}`, or for tables `{{csv}}` or `{{parquet}}`.
    pub command: &'static str,
    /// Whether it runs in the terminal.
    pub in_terminal: bool,
}

const ROWS: &[Kind] = &[Kind::Table];
const SOUND: &[Kind] = &[Kind::Audio];
const FILM: &[Kind] = &[Kind::Video];

/// All of them, the preferred ones first.
pub const PRESETS: &[OpenerPreset] = &[
    preset("vd", ROWS, "vd {{csv}}", true),
    preset(
        "duckdb",
        ROWS,
        "duckdb -cmd \"CREATE VIEW payload AS SELECT * FROM '{{parquet}}'; DESCRIBE payload;\"",
        true,
    ),
    preset("libreoffice", ROWS, "libreoffice --calc {{csv}}", false),
    preset("gnumeric", ROWS, "gnumeric {{csv}}", false),
    preset("mpv", FILM, "mpv --really-quiet {{file}}", false),
    preset("vlc", FILM, "vlc --play-and-exit {{file}}", false),
    preset("ffplay", FILM, "ffplay -autoexit -loglevel error {{file}}", false),
    preset("mpv", SOUND, "mpv --really-quiet --force-window {{file}}", false),
    preset("vlc", SOUND, "vlc --play-and-exit {{file}}", false),
    preset(
        "ffplay",
        SOUND,
        "ffplay -autoexit -loglevel error {{file}}",
        false,
    ),
];

const fn preset(
    name: &'static str,
    kinds: &'static [Kind],
    command: &'static str,
    in_terminal: bool,
) -> OpenerPreset {
    OpenerPreset {
        name,
        kinds,
        command,
        in_terminal,
    }
}

impl OpenerPreset {
    /// The preset of that name for a kind.
    pub fn named(name: &str, kind: Kind) -> Option<&'static Self> {
        PRESETS
            .iter()
            .find(|preset| preset.name == name && preset.kinds.contains(&kind))
    }
}
