//! Payloads on the command line: `--KIND NAME=VALUE` in the order given, one flag per kind of the registry,
//! plus `--payload`, which picks the kind from the content. Everything is checked before anything is sent.

use super::exit::Failure;
use super::large_payload;
use super::sources::Source;
use crate::engine::Payloads;
use crate::wire::{Blob, KINDS, Kind, Limits, RowsFormat, Table, rows_table, sniff};
use bytes::Bytes;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::value::RawValue;

/// The flag that picks the kind from the content.
const ANY: &str = "payload";

/// One `--KIND NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    /// `None` for `--payload`.
    kind: Option<Kind>,
    name: String,
    source: Source,
}

/// The payload flags in the order in which they stand on the command line.
#[derive(Debug, Clone, Default)]
pub struct PayloadArgs(Vec<Result<Given, String>>);

impl clap::Args for PayloadArgs {
    fn augment_args(command: Command) -> Command {
        let flag = |name: &'static str, about: String| {
            Arg::new(name)
                .long(name)
                .value_name(if takes_text(name) {
                    "NAME=VALUE"
                } else {
                    "NAME=@FILE"
                })
                .action(ArgAction::Append)
                .help(about)
                .help_heading("Payloads (in order; @FILE reads a file, @- standard input, @@ is a literal @)")
        };
        let command = command.args(KINDS.iter().map(|row| {
            let about = row.about.trim_end_matches('.').to_owned();
            let more = match row.kind {
                Kind::Table => "; an Arrow file or stream as it is, CSV and JSON rows become a table",
                _ => "",
            };
            flag(row.name, about + more)
        }));
        command.arg(flag(ANY, "Any content; the kind is picked from it".into()))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for PayloadArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = KINDS.iter().map(|row| (row.name, Some(row.kind)));
        let mut placed = Vec::new();
        for (flag, kind) in flags.chain([(ANY, None)]) {
            let values = matches.get_many::<String>(flag).into_iter().flatten();
            let indices = matches.indices_of(flag).into_iter().flatten();
            placed.extend(
                indices
                    .zip(values)
                    .map(|(index, value)| (index, parse(flag, kind, value))),
            );
        }
        placed.sort_by_key(|(index, _)| *index);
        Ok(Self(placed.into_iter().map(|(_, given)| given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Kinds whose value a person may well type; the others come from files.
fn takes_text(flag: &str) -> bool {
    ["text", "dictionary", "jsontable"].contains(&flag)
}

fn example(flag: &str) -> &'static str {
    match flag {
        "text" => "--text message='Hello'",
        "dictionary" => r#"--dictionary config='{"on":true}'"#,
        "table" => "--table rows=@rows.csv",
        "jsontable" => r#"--jsontable rows='[{"id":1}]'"#,
        "image" => "--image avatar=@avatar.png",
        "audio" => "--audio note=@note.wav",
        "video" => "--video clip=@clip.mp4",
        "binary" => "--binary data=@data.bin",
        _ => "--payload data=@file",
    }
}

fn parse(flag: &str, kind: Option<Kind>, value: &str) -> Result<Given, String> {
    let wrong = |what: &str| format!("--{flag} {value}: {what}.\nFor example: {}", example(flag));
    let (name, value_text) = value
        .split_once('=')
        .ok_or_else(|| wrong("NAME= is missing; receivers look a payload up by its name"))?;
    if name.is_empty() {
        return Err(wrong(
            "the name before = is empty; receivers look a payload up by its name",
        ));
    }
    let source = Source::parse(value_text);
    if source == Source::File("".into()) {
        return Err(wrong("the file name after @ is missing"));
    }
    let from_file = matches!(
        kind,
        None | Some(Kind::Table | Kind::Image | Kind::Audio | Kind::Video)
    );
    if from_file && matches!(source, Source::Literal(_)) {
        return Err(wrong(
            "the content comes from a file, written @FILE (or @- for standard input)",
        ));
    }
    Ok(Given {
        kind,
        name: name.to_owned(),
        source,
    })
}

impl PayloadArgs {
    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads and checks all of them. Files of `large` bytes and more are only opened where their kind allows it.
    pub fn load(&self, limits: &Limits, large: usize) -> Result<Payloads, Failure> {
        let given: Vec<&Given> = self
            .0
            .iter()
            .map(|given| given.as_ref().map_err(|message| Failure::usage(message.as_str())))
            .collect::<Result<_, _>>()?;
        if given.iter().filter(|given| given.source == Source::Stdin).count() > 1 {
            return Err(Failure::usage(
                "Standard input (@-) can be read for one payload only.",
            ));
        }
        if given.is_empty() {
            return Err(Failure::usage(format!(
                "There is no payload to send.\nFor example: natsbridge send /chat/room1 {}",
                example("text")
            )));
        }
        given.into_iter().map(|given| given.load(limits, large)).collect()
    }
}

impl Given {
    fn load(&self, limits: &Limits, large: usize) -> Result<(String, Blob, Kind), Failure> {
        if let Some((path, _)) = self.source.file().filter(|(_, size)| *size >= large as u64) {
            let opened = large_payload::open(path, self.kind, limits).map_err(|why| self.refused(&why))?;
            if let Some((blob, kind)) = opened {
                return Ok((self.name.clone(), blob, kind));
            }
        }
        let bytes = self.source.read().map_err(|why| self.refused(&why))?;
        let kind = self.kind.unwrap_or_else(|| kind_of(&bytes));
        let checked = match kind {
            Kind::Text => utf8(&bytes).map(|()| bytes),
            Kind::Dictionary => json(&bytes).map(|()| bytes),
            Kind::JsonTable => json_rows(&bytes).map(|()| bytes),
            Kind::Table => arrow_stream(bytes, &self.source.extension(), limits),
            Kind::Image | Kind::Audio | Kind::Video | Kind::Binary => Ok(bytes),
        };
        let bytes = checked.map_err(|why| self.refused(&format!("{why} (in {})", self.source)))?;
        Ok((self.name.clone(), bytes.into(), kind))
    }

    fn refused(&self, why: &str) -> Failure {
        let flag = self.kind.map_or(ANY, Kind::name);
        Failure::usage(format!(
            "--{flag} {}: {why}.\nFor example: {}",
            self.name,
            example(flag)
        ))
    }
}

/// The kind that suits the content: its magic bytes, else JSON, else text, else bytes.
fn kind_of(bytes: &[u8]) -> Kind {
    if let Some(sniffed) = sniff(bytes) {
        return sniffed.kind;
    }
    if json_rows(bytes).is_ok() {
        return Kind::JsonTable;
    }
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[')) && json(bytes).is_ok() {
        Kind::Dictionary
    } else if utf8(bytes).is_ok() {
        Kind::Text
    } else {
        Kind::Binary
    }
}

fn utf8(bytes: &[u8]) -> Result<(), String> {
    std::str::from_utf8(bytes)
        .map(|_| ())
        .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))
}

/// Checks JSON without turning it into values, so that every number keeps its text.
fn json(bytes: &[u8]) -> Result<(), String> {
    serde_json::from_slice::<&RawValue>(bytes)
        .map(|_| ())
        .map_err(|error| bad_json(bytes, &error))
}

fn json_rows(bytes: &[u8]) -> Result<(), String> {
    let rows: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "not a JSON array of row objects".to_owned(),
        _ => bad_json(bytes, &error),
    })?;
    match rows.iter().position(|row| !row.get().starts_with('{')) {
        Some(at) => Err(format!("row {} is no JSON object", at + 1)),
        None => Ok(()),
    }
}

/// What is wrong with JSON text, and at which byte.
pub fn bad_json(bytes: &[u8], error: &serde_json::Error) -> String {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let offset = before + error.column().saturating_sub(1);
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON at byte {offset}: {what}")
}

/// Arrow as it is; CSV and JSON rows turned into an Arrow stream.
fn arrow_stream(bytes: Vec<u8>, extension: &str, limits: &Limits) -> Result<Vec<u8>, String> {
    if bytes.is_empty() {
        return Err("empty; even a table without rows has a schema".into());
    }
    let named_arrow = ["arrow", "arrows", "feather", "ipc"].contains(&extension);
    if named_arrow || large_payload::is_arrow(&bytes) {
        let bytes = Bytes::from(bytes);
        Table::open(&bytes, limits, &mut Vec::new()).map_err(|error| error.to_string())?;
        return Ok(bytes.into());
    }
    let format = RowsFormat::of(&bytes, extension);
    let table = rows_table(&bytes, format, &[], limits).map(|made| made.table);
    table
        .and_then(|table| table.to_stream())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, FromArgMatches};

    fn args(line: &[&str]) -> PayloadArgs {
        let command = PayloadArgs::augment_args(Command::new("send").no_binary_name(true));
        PayloadArgs::from_arg_matches(&command.try_get_matches_from(line).unwrap()).unwrap()
    }

    fn refused(line: &[&str]) -> String {
        let failure = args(line).load(&Limits::default(), usize::MAX).unwrap_err();
        assert_eq!(failure.exit, super::super::exit::Exit::Usage);
        failure.message.unwrap()
    }

    #[test]
    fn order_is_kept_across_flags() {
        let payloads = args(&[
            "--text",
            "a=1",
            "--dictionary",
            "b={}",
            "--text",
            "c=3",
            "--binary",
            "d=x",
        ])
        .load(&Limits::default(), usize::MAX)
        .unwrap();
        let names: Vec<_> = payloads
            .iter()
            .map(|(name, _, kind)| (name.as_str(), *kind))
            .collect();
        assert_eq!(
            names,
            [
                ("a", Kind::Text),
                ("b", Kind::Dictionary),
                ("c", Kind::Text),
                ("d", Kind::Binary)
            ]
        );
    }

    #[test]
    fn a_value_may_hold_equal_signs_and_a_literal_at() {
        let payloads = args(&["--text", "a=b=c", "--text", "d=@@home"])
            .load(&Limits::default(), usize::MAX)
            .unwrap();
        assert_eq!(payloads[0].1, Blob::from("b=c"));
        assert_eq!(payloads[1].1, Blob::from("@home"));
    }

    #[test]
    fn refusals_say_what_where_and_how() {
        for (line, what) in [
            (["--dictionary", r#"a={"x":nope}"#], "not JSON at byte 6"),
            (["--dictionary", "a={\n\"x\": 1,}"], "not JSON at byte 9"),
            (["--jsontable", r#"a={"x":1}"#], "not a JSON array of row objects"),
            (["--jsontable", "a=[{},7]"], "row 2 is no JSON object"),
            (["--text", "a"], "NAME= is missing"),
            (["--text", "=a"], "the name before = is empty"),
            (["--image", "a=b.png"], "written @FILE"),
            (["--binary", "a=@/does/not/exist"], "cannot read /does/not/exist"),
            (["--table", "a=rows.csv"], "written @FILE"),
            (["--text", "a=@"], "the file name after @ is missing"),
        ] {
            let message = refused(&line);
            assert!(message.contains(what), "{line:?}: {message}");
        }
        assert!(refused(&[]).contains("no payload"));
        assert!(refused(&["--text", "a=@-", "--text", "b=@-"]).contains("one payload only"));
    }

    #[test]
    fn content_picks_the_kind() {
        assert_eq!(kind_of(b" {\"a\":1}"), Kind::Dictionary);
        assert_eq!(kind_of(b"[{\"a\":1}]"), Kind::JsonTable);
        assert_eq!(kind_of(b"[1,2]"), Kind::Dictionary);
        assert_eq!(kind_of(b"42"), Kind::Text);
        assert_eq!(kind_of("Grüße".as_bytes()), Kind::Text);
        assert_eq!(kind_of(&[0xc3, 0x28]), Kind::Binary);
    }
}
