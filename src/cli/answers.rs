//! The answers of `reply`: fixed payloads, or the output of a command. If the command fails, the answer has purpose
//! NACK and a text that says so, so that the requester need not wait in vain.

use crate::cli::answer_command::run;
use crate::cli::message_args::Message;
use crate::cli::output;
use futures_util::future::BoxFuture;
use natsbridge_engine::{
    AnswerError, Answerer, Asked, Given, Payload, Payloads, SendOptions, Sequence, StoredMessage,
    examine_borrowed,
};
use natsbridge_wire::{
    Blob, Depth, Dialect, Kind, Limits, PrintLimits, RowsFormat, decode_base64, rows_table, write_line,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Rows of each table that the command is given.
const ROWS: usize = usize::MAX;
/// The purpose of an answer that reports a failure.
const NACK: &str = "NACK";

/// The fields of every answer, besides its payloads.
#[derive(Debug, Clone)]
pub struct Wording {
    /// Purpose, sender, file server and so on.
    pub options: SendOptions,
    /// Spelling, where it is not that of the request.
    pub dialect: Option<Dialect>,
}

/// Answers each request with the same message, with variables filled in.
#[derive(Debug)]
pub struct Fixed {
    /// It.
    pub message: Message,
    /// What it does not say.
    pub wording: Wording,
}

impl Answerer for Fixed {
    fn answer<'a>(
        &'a self,
        _: &'a StoredMessage,
        _: &'a Asked,
        number: u64,
    ) -> BoxFuture<'a, Result<Given, AnswerError>> {
        Box::pin(async move {
            let loaded = self.message.loaded(number).await;
            let loaded = loaded.map_err(|failure| failure.message.unwrap_or_default())?;
            let options = loaded.composition.options(&self.wording.options);
            let options = SendOptions {
                jetstream: false,
                ..options
            };
            Ok(self.wording.given(loaded.payloads, options))
        })
    }
}

impl Wording {
    fn given(&self, data: Payloads, options: SendOptions) -> Given {
        Given::Payloads {
            data,
            options: Box::new(options),
            dialect: self.dialect,
        }
    }

    fn with_purpose(&self, data: Payloads, purpose: Option<String>) -> Given {
        let mut options = self.options.clone();
        options.msg_purpose = purpose.unwrap_or(options.msg_purpose);
        self.given(data, options)
    }
}

/// Answers each request with what a command prints.
#[derive(Debug)]
pub struct CommandAnswerer {
    command: String,
    within: Duration,
    wording: Wording,
    limits: Limits,
    /// Commands that may run at once.
    places: Semaphore,
}

impl CommandAnswerer {
    /// A command for `sh -c` that has that time for each request.
    pub fn new(command: String, within: Duration, wording: Wording, limits: Limits) -> Self {
        Self {
            command,
            within,
            wording,
            places: Semaphore::new(limits.commands_at_once.max(1)),
            limits,
        }
    }

    async fn run(&self, request: &StoredMessage) -> Result<Option<CommandOutput>, String> {
        let _place = self.places.acquire().await;
        let line = self.line(request);
        let printed = run(&self.command, &line, self.within, &self.limits).await?;
        read(&printed)
    }

    /// The request as `listen --json` prints it.
    fn line(&self, request: &StoredMessage) -> Vec<u8> {
        let decoded = examine_borrowed(
            request,
            Sequence::default(),
            None,
            None,
            Depth::Whole,
            &self.limits,
        );
        let mut line = Vec::new();
        let print = PrintLimits {
            rows: ROWS,
            bytes: self.limits.printed_bytes,
        };
        write_line(&mut line, request.seq, &request.circumstances(), &decoded, print);
        line.push(b'\n');
        line
    }
}

impl Answerer for CommandAnswerer {
    fn answer<'a>(
        &'a self,
        request: &'a StoredMessage,
        asked: &'a Asked,
        _: u64,
    ) -> BoxFuture<'a, Result<Given, AnswerError>> {
        Box::pin(async move {
            match self.run(request).await {
                Ok(None) => Err("The command printed nothing, so no answer was sent.".into()),
                Ok(Some((payloads, purpose))) => Ok(self.wording.with_purpose(payloads, purpose)),
                Err(why) => {
                    output::warning(&format!(
                        "Request {} on {}: {why}.",
                        asked.msg_id, request.subject
                    ));
                    let text = Payload::text("error", why);
                    Ok(self.wording.with_purpose(text.into(), Some(NACK.into())))
                }
            }
        })
    }
}

/// The payloads that a command printed, and the purpose if it printed one.
type CommandOutput = (Payloads, Option<String>);

/// Several payloads with a purpose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<'a> {
    #[serde(borrow)]
    payloads: Vec<Item<'a>>,
    purpose: Option<String>,
}

/// One payload as a command prints it: `value` is what `listen --json` shows of that kind, `base64` the bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item<'a> {
    dataname: String,
    #[serde(alias = "type")]
    kind: Option<String>,
    // As written, so that every number keeps its text.
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    base64: Option<String>,
}

/// A table as `listen --json` shows it.
#[derive(Debug, Deserialize)]
struct Rows<'a> {
    #[serde(borrow)]
    rows: &'a RawValue,
}

/// Reads what a command printed: a payload, an array of them, or an object of `payloads` and `purpose`; `None` if it
/// printed nothing.
fn read(printed: &[u8]) -> Result<Option<CommandOutput>, String> {
    let no_json = |error: serde_json::Error| {
        format!(
            "the command's output is not valid payload JSON ({error}); print for example {{\"dataname\": \
             \"reply\", \"value\": \"Hello\"}}"
        )
    };
    let first = printed.iter().find(|byte| !byte.is_ascii_whitespace());
    let whole = match first {
        None => return Ok(None),
        Some(b'[') => Whole {
            payloads: serde_json::from_slice(printed).map_err(no_json)?,
            purpose: None,
        },
        Some(_) => {
            let keys: BTreeMap<String, &RawValue> = serde_json::from_slice(printed).map_err(no_json)?;
            if keys.contains_key("payloads") {
                serde_json::from_slice(printed).map_err(no_json)?
            } else {
                Whole {
                    payloads: vec![serde_json::from_slice(printed).map_err(no_json)?],
                    purpose: None,
                }
            }
        }
    };
    let payloads = whole.payloads.into_iter().map(|item| {
        let name = item.dataname.clone();
        item.payload()
            .map_err(|why| format!("the payload '{name}' printed by the command {why}"))
    });
    Ok(Some((payloads.collect::<Result<_, _>>()?, whole.purpose)))
}

impl Item<'_> {
    fn payload(self) -> Result<Payload, String> {
        let text = self
            .value
            .and_then(|value| serde_json::from_str::<String>(value.get()).ok());
        let kind = match (&self.kind, self.value) {
            (Some(word), _) => {
                Kind::from_declared(word).ok_or_else(|| format!("has an unknown kind: {word:?}"))?
            }
            (None, Some(_)) if text.is_some() => Kind::Text,
            (None, Some(_)) => Kind::Dictionary,
            (None, None) => Kind::Binary,
        };
        let body: Blob = match (self.value, self.base64) {
            (None, Some(text)) => decode_base64(&text)
                .map(|(bytes, _)| bytes.into())
                .map_err(|at| format!("is not valid base64 at character {at}"))?,
            (Some(value), None) => of_value(kind, value.get(), text)?.into(),
            _ => return Err("needs either a value or base64".into()),
        };
        Ok(Payload::new(self.dataname, body, kind))
    }
}

fn of_value(kind: Kind, value: &str, text: Option<String>) -> Result<Vec<u8>, String> {
    match (kind, text) {
        (Kind::Text, Some(text)) => Ok(text.into_bytes()),
        (Kind::Dictionary, _) => Ok(value.as_bytes().to_vec()),
        (Kind::JsonTable, _) if value.starts_with('[') => Ok(value.as_bytes().to_vec()),
        (Kind::Table, _) => {
            let rows = serde_json::from_str::<Rows<'_>>(value).map_or(value, |table| table.rows.get());
            rows_table(rows.as_bytes(), RowsFormat::Json, &[], Limits::in_force())
                .and_then(|made| made.table.to_stream())
                .map_err(|error| format!("is not a valid table: {error}"))
        }
        (kind, _) => Err(format!(
            "has a value that does not fit the kind {}; use base64 to give its bytes",
            kind.name()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::{Table, Value, decode_blob};

    fn payloads(printed: &str) -> Vec<(String, Vec<u8>, Kind)> {
        let (payloads, _) = read(printed.as_bytes()).unwrap().unwrap();
        let bytes = |body: Blob| body.memory().unwrap().to_vec();
        payloads
            .into_iter()
            .map(|payload| (payload.dataname, bytes(payload.body), payload.kind))
            .collect()
    }

    #[test]
    fn what_a_command_prints_becomes_payloads() {
        let one = |name: &str, body: &str, kind| vec![(name.to_owned(), body.as_bytes().to_vec(), kind)];
        assert_eq!(
            payloads(r#" {"dataname":"a","value":"Gr\u00fc\u00dfe"}"#),
            one("a", "Grüße", Kind::Text)
        );
        assert_eq!(
            payloads(r#"{"dataname":"a","value":{"x":1.50,"n":123456789012345678901}}"#),
            one("a", r#"{"x":1.50,"n":123456789012345678901}"#, Kind::Dictionary)
        );
        assert_eq!(
            payloads(r#"[{"dataname":"a","type":"binary","base64":"AP8="}]"#)[0].1,
            [0, 255]
        );
        assert_eq!(
            payloads(r#"{"dataname":"a","kind":"jsontable","value":[{"id":1}]}"#),
            one("a", r#"[{"id":1}]"#, Kind::JsonTable)
        );
        let whole = read(br#"{"payloads":[{"dataname":"a","value":"x"}],"purpose":"ACK"}"#).unwrap();
        assert_eq!(whole.unwrap().1.as_deref(), Some("ACK"));
        assert!(read(b" \n").unwrap().is_none());
        for table in [
            r#"[{"id":1},{"id":2}]"#,
            r#"{"columns":[],"num_rows":2,"rows":[{"id":1},{"id":2}]}"#,
        ] {
            let printed = format!(r#"{{"dataname":"a","kind":"table","value":{table}}}"#);
            let stream = payloads(&printed).remove(0).1.into();
            let decoded = decode_blob(Kind::Table, &stream, &Limits::default(), &mut vec![]);
            let rows = |table: &Table| table.num_rows();
            assert!(
                matches!(&decoded.unwrap(), Value::Table(table) if rows(table) == 2),
                "{printed}"
            );
        }
    }

    #[test]
    fn what_is_no_payload_is_said() {
        for (printed, what) in [
            ("Hello", "not valid payload JSON"),
            (r#"{"value":"x"}"#, "dataname"),
            (r#"{"dataname":"a"}"#, "either a value or base64"),
            (
                r#"{"dataname":"a","value":"x","base64":"eA=="}"#,
                "either a value or base64",
            ),
            (
                r#"{"dataname":"a","kind":"wat","value":"x"}"#,
                "has an unknown kind",
            ),
            (
                r#"{"dataname":"a","kind":"image","value":"x"}"#,
                "use base64 to give",
            ),
            (
                r#"{"dataname":"a","kind":"table","value":7}"#,
                "not a valid table",
            ),
            (r#"{"dataname":"a","base64":"*"}"#, "not valid base64"),
            (r#"{"dataname":"a","value":"x","wat":1}"#, "wat"),
        ] {
            let why = read(printed.as_bytes()).unwrap_err();
            assert!(why.contains(what), "{printed}: {why}");
        }
    }
}
