//! Payloads on the command line: `--KIND NAME=VALUE` in the order given, one flag per kind in the registry, plus
//! `--payload`, which detects the kind. Contents are validated when loaded.

use crate::cli::exit::Failure;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use natsbridge_engine::{PayloadRow, Source, grouped, literal, suggest};
use natsbridge_wire::{KINDS, Kind, Limits, TextEncoding};
use std::io::{self, Read};

/// The flag that picks the kind from the content.
const ANY: &str = "payload";
/// The flag that names the encoding of rows.
const ENCODING: &str = "encoding";

/// One `--KIND NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    /// `None` for `--payload`.
    kind: Option<Kind>,
    name: String,
    /// What follows `NAME=`; `None` for standard input.
    source: Option<Source>,
}

/// The payload flags in the order in which they stand on the command line.
#[derive(Debug, Clone, Default)]
pub struct PayloadArgs {
    given: Vec<Result<Given, String>>,
    encoding: Option<TextEncoding>,
}

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
                .help_heading(
                    "Payloads (in order; @FILE reads a file, @- standard input; @@ is a literal \
                               @)",
                )
        };
        let command = command.args(KINDS.iter().map(|row| {
            let about = row.about.trim_end_matches('.').to_owned();
            let more = match row.kind {
                Kind::Table => {
                    "; an Arrow file or stream is sent as it is, CSV, TSV, JSON rows and Parquet become a \
                     table"
                }
                _ => "",
            };
            flag(row.name, about + more)
        }));
        let names = TextEncoding::ALL.iter().map(|encoding| encoding.name());
        let encoding = Arg::new(ENCODING)
            .long(ENCODING)
            .value_name("NAME")
            .value_parser(PossibleValuesParser::new(names))
            .help("Encoding of rows that become a table, where they have no mark of it (utf-8)");
        command
            .arg(flag(ANY, "Any content; its kind is detected".into()))
            .arg(encoding)
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
        let encoding = matches.get_one::<String>(ENCODING);
        Ok(Self {
            given: placed.into_iter().map(|(_, given)| given).collect(),
            encoding: encoding.and_then(|name| TextEncoding::from_name(name)),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Kinds whose value is often typed; the others come from files.
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
        .ok_or_else(|| wrong("NAME= is missing; receivers look up a payload by its name"))?;
    if name.is_empty() {
        return Err(wrong(
            "the name before = is empty; receivers look up a payload by its name",
        ));
    }
    let from_file = matches!(
        kind,
        None | Some(Kind::Table | Kind::Image | Kind::Audio | Kind::Video)
    );
    let source = match value_text.strip_prefix('@') {
        Some("") => return Err(wrong("the file name after @ is missing")),
        Some("-") => None,
        Some(path) if !path.starts_with('@') => Some(Source::File(path.into())),
        _ if from_file => {
            return Err(wrong(
                "the content must come from a file, written @FILE (or @- for standard input)",
            ));
        }
        escaped => Some(Source::Text(literal(escaped.unwrap_or(value_text)))),
    };
    Ok(Given {
        kind,
        name: name.to_owned(),
        source,
    })
}

impl PayloadArgs {
    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Says that there is nothing to send.
    pub fn none_given() -> Failure {
        Failure::usage(format!(
            "There is no payload to send.\nFor example: natsbridge send /chat/room1 {}",
            example("text")
        ))
    }

    /// The payloads for a composition. Standard input is read now, files when they are loaded; typed values are
    /// literal.
    pub fn rows(&self) -> Result<Vec<PayloadRow>, Failure> {
        let given = self.given.iter();
        let given = given.map(|given| given.as_ref().map_err(|message| Failure::usage(message.as_str())));
        let given: Vec<&Given> = given.collect::<Result<_, _>>()?;
        if given.iter().filter(|given| given.source.is_none()).count() > 1 {
            return Err(Failure::usage(
                "Standard input (@-) can be used for one payload only.",
            ));
        }
        let row = |given: &Given| {
            Ok(PayloadRow {
                encoding: self.encoding,
                ..given.row()?
            })
        };
        given.into_iter().map(row).collect()
    }

    /// Says what is wrong with the payload of that index.
    pub fn refused(&self, index: usize, why: &str) -> Failure {
        match self.given.get(index) {
            Some(Ok(given)) => given.refused(why),
            _ => Failure::usage(why),
        }
    }
}

impl Given {
    fn row(&self) -> Result<PayloadRow, Failure> {
        let source = match &self.source {
            Some(source) => source.clone(),
            None => Source::Bytes {
                body: standard_input().map_err(|why| self.refused(&why))?.into(),
                origin: "standard input".into(),
            },
        };
        Ok(PayloadRow {
            name: self.name.clone(),
            kind: self.kind.unwrap_or_else(|| suggest(&source).kind),
            source,
            ..PayloadRow::text("", "")
        })
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

/// All of standard input; the error says why it cannot be read.
fn standard_input() -> Result<Vec<u8>, String> {
    let (mut bytes, most) = (Vec::new(), Limits::in_force().link_bytes);
    let read = io::stdin().lock().take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read standard input: {error}"))?;
    if bytes.len() as u64 > most {
        let most = grouped(most);
        return Err(format!(
            "standard input has more than {most} bytes: save it to a file first"
        ));
    }
    Ok(bytes)
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
        let failure = args(line).rows().unwrap_err();
        assert_eq!(failure.exit, crate::cli::exit::Exit::Usage);
        failure.message.unwrap()
    }

    #[test]
    fn order_is_kept_across_flags() {
        let line = [
            "--text",
            "a=1",
            "--dictionary",
            "b={}",
            "--text",
            "c=3",
            "--binary",
            "d=x",
        ];
        let rows = args(&line).rows().unwrap();
        let names: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.kind)).collect();
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
    fn a_value_may_hold_equal_signs_a_literal_at_and_braces() {
        let rows = args(&["--text", "a=b=c", "--text", "d=@@home", "--text", "e={{count}}"])
            .rows()
            .unwrap();
        let texts = rows.into_iter().map(|row| row.source);
        let expected = ["b=c", "@home", "{{{{count}}"].map(|text| Source::Text(text.into()));
        assert!(texts.eq(expected));
    }

    #[test]
    fn spellings_of_a_source() {
        let of = |value: &str| {
            parse("text", Some(Kind::Text), &format!("n={value}"))
                .unwrap()
                .source
        };
        assert_eq!(of("a@b"), Some(Source::Text("a@b".into())));
        assert_eq!(of("@-"), None);
        assert_eq!(of("@@home"), Some(Source::Text("@home".into())));
        assert_eq!(of("@a.CSV"), Some(Source::File("a.CSV".into())));
    }

    #[test]
    fn refusals_say_what_where_and_how() {
        for (line, what) in [
            (["--text", "a"], "NAME= is missing"),
            (["--text", "=a"], "the name before = is empty"),
            (["--image", "a=b.png"], "written @FILE"),
            (["--table", "a=rows.csv"], "written @FILE"),
            (["--text", "a=@"], "the file name after @ is missing"),
        ] {
            let message = refused(&line);
            assert!(message.contains(what), "{line:?}: {message}");
        }
        assert!(refused(&["--text", "a=@-", "--text", "b=@-"]).contains("one payload only"));
        let failure = args(&["--text", "a=b"]).refused(0, "it is wrong");
        assert!(
            failure
                .message
                .unwrap()
                .starts_with("--text a: it is wrong.\nFor example: --text")
        );
    }
}
