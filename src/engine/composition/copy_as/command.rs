//! The same payloads and options as a `natsbridge send` or `request` command for a POSIX shell. Content that cannot
//! be an argument comes from files: the composition's own, or temporary ones that the command creates from base64.

use super::material::Material;
use super::quoted::shell;
use crate::bridge::{Payload, SendOptions, TransportChoice, by_link};
use crate::composition::error::ComposeError;
use crate::composition::payload_row::{PayloadRow, Source};
use crate::servers::public_address;
use natsbridge_wire::{Blob, Dialect, Kind, Limits, duration_text, encode_base64};
use std::fmt::Write as _;

const TOOL: &str = "natsbridge command";
/// Bytes of one argument that every system takes.
const ARGUMENT: usize = 100_000;
/// Columns of base64 text.
const LINE: usize = 76;

/// A command being written.
#[derive(Default)]
struct Command {
    /// What is asked of natsbridge.
    verb: &'static str,
    /// Its words, quoted; a flag and its value are one.
    words: Vec<String>,
    /// Temporary files: what makes each.
    files: String,
    made: usize,
    /// What the user has to do first.
    notes: String,
}

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let mut command = Command {
        verb: if material.wait.is_some() {
            "request"
        } else {
            "send"
        },
        notes: material.notes("#"),
        ..Command::default()
    };
    command.options(&material.options, material)?;
    if let Some(wait) = material.wait {
        command.flag("--timeout", &duration_text(wait.timeout))?;
        command.flag("--replies", &wait.replies.to_string())?;
    }
    let loaded = material.loaded;
    if loaded.payloads.is_empty() {
        return Err(cannot("the message has no payload; save it as a draft".into()));
    }
    let by_link = |payload: &Payload| by_link(payload, &material.options).unwrap_or(true);
    if loaded.payloads.iter().any(by_link) {
        command.notes += "# Payloads go by link: name the kind of file server (--fileserver, --lasting) \
                          if it is not the default one.\n";
    }
    for (row, payload) in loaded.composition.payloads.iter().zip(&loaded.payloads) {
        command.payload(row, &payload.body)?;
    }
    command.words.push(format!("-- {}", shell(material.subject())));
    Ok(command.written())
}

fn cannot(why: String) -> ComposeError {
    ComposeError::Copy { tool: TOOL, why }
}

impl Command {
    /// A flag with its value; one that begins with a dash is no flag of its own.
    fn flag(&mut self, flag: &str, value: &str) -> Result<(), ComposeError> {
        if value.contains('\0') {
            return Err(cannot(format!(
                "{flag} contains a NUL byte, which no command line can carry; save it as a draft"
            )));
        }
        let joint = if value.starts_with('-') { '=' } else { ' ' };
        self.words.push(format!("{flag}{joint}{}", shell(value)));
        Ok(())
    }

    fn options(&mut self, options: &SendOptions, material: &Material<'_>) -> Result<(), ComposeError> {
        let default = SendOptions::default();
        self.flag("--server", &material.servers.join(","))?;
        if options.dialect != Dialect::default() {
            self.flag("--dialect", options.dialect.name())?;
        }
        for (flag, text, usual) in [
            ("--purpose", &options.msg_purpose, &default.msg_purpose),
            ("--sender-name", &options.sender_name, &default.sender_name),
            ("--receiver-name", &options.receiver_name, &default.receiver_name),
            ("--receiver-id", &options.receiver_id, &default.receiver_id),
            ("--reply-to", &options.reply_to, &default.reply_to),
            (
                "--reply-to-msg-id",
                &options.reply_to_msg_id,
                &default.reply_to_msg_id,
            ),
        ] {
            if text != usual {
                self.flag(flag, text)?;
            }
        }
        if let Some(id) = &options.correlation_id {
            self.flag("--correlation-id", id)?;
        }
        if !matches!(options.metadata.trim(), "" | "{}") {
            self.flag("--metadata", &options.metadata)?;
        }
        for (name, value) in &options.headers {
            self.flag("--header", &format!("{name}:{value}"))?;
        }
        if options.transport != TransportChoice::Auto {
            self.flag("--transport", options.transport.name())?;
        }
        if options.size_threshold != default.size_threshold {
            self.flag("--threshold", &options.size_threshold.to_string())?;
        }
        let fileserver = public_address(&options.fileserver_url);
        if fileserver != default.fileserver_url && !fileserver.is_empty() {
            self.flag("--fileserver-url", &fileserver)?;
        }
        // A request waits for replies, not for a stream.
        if options.jetstream && material.wait.is_none() {
            self.words.push("--jetstream".into());
        }
        Ok(())
    }

    fn payload(&mut self, row: &PayloadRow, body: &Blob) -> Result<(), ComposeError> {
        let name = &row.name;
        if name.contains(['=', '\0']) {
            return Err(cannot(format!(
                "the name of payload '{name}' contains a = ; save it as a draft"
            )));
        }
        let flag = format!("--{}", row.kind.name());
        match &row.source {
            Source::Text(text) if is_argument(row.kind, text) => {
                let value = if text.starts_with('@') {
                    format!("@{text}")
                } else {
                    text.clone()
                };
                self.flag(&flag, &format!("{name}={value}"))
            }
            Source::File(path) if row.types.is_empty() => {
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                match absolute.to_str() {
                    Some(path) => self.flag(&flag, &format!("{name}=@{path}")),
                    None => self.later(&flag, row, body),
                }
            }
            _ if body.len() <= Limits::in_force().copy_bytes as u64 => self.made(&flag, row, body),
            _ => self.later(&flag, row, body),
        }
    }

    /// A payload in a temporary file that the command makes.
    fn made(&mut self, flag: &str, row: &PayloadRow, body: &Blob) -> Result<(), ComposeError> {
        let bytes = body
            .slice(0..body.len())
            .map_err(|error| cannot(format!("payload '{}' cannot be read: {error}", row.name)))?;
        self.made += 1;
        let number = self.made;
        let text = encode_base64(&bytes);
        // Writing into a String cannot fail.
        let _ = writeln!(self.files, "base64 -d >\"$files/{number}\" <<'BYTES'");
        for line in text.as_bytes().chunks(LINE) {
            let _ = writeln!(self.files, "{}", String::from_utf8_lossy(line));
        }
        self.files.push_str("BYTES\n");
        self.words.push(format!(
            "{flag} {}\"$files/{number}\"",
            shell(&format!("{}=@", row.name))
        ));
        Ok(())
    }

    /// A payload that somebody has to save before the command runs.
    fn later(&mut self, flag: &str, row: &PayloadRow, body: &Blob) -> Result<(), ComposeError> {
        self.made += 1;
        let file = format!("payload-{}", self.made);
        let name: String = row
            .name
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        // Writing into a String cannot fail.
        let _ = writeln!(
            self.notes,
            "# Payload '{name}' ({} bytes) is not included here: save it as {file} first.",
            body.len()
        );
        self.flag(flag, &format!("{}=@{file}", row.name))
    }

    fn written(self) -> String {
        let words = self.words.join(" \\\n  ");
        let Self {
            verb, notes, files, ..
        } = self;
        if files.is_empty() {
            return format!("{notes}natsbridge {verb} \\\n  {words}\n");
        }
        // In a shell of its own, so that the files go and nothing else is touched.
        format!(
            "{notes}(\nfiles=$(mktemp -d) && trap 'rm -r \"$files\"' EXIT\n{files}natsbridge {verb} \\\n  {words}\n)\n"
        )
    }
}

/// Whether typed text can be a command-line argument: its kind can be typed, and pasting it into a terminal leaves it
/// unchanged.
fn is_argument(kind: Kind, text: &str) -> bool {
    let typed = matches!(
        kind,
        Kind::Text | Kind::Dictionary | Kind::JsonTable | Kind::Binary
    );
    let plain = |c: char| c == '\n' || !c.is_control();
    typed && text.len() <= ARGUMENT && text.chars().all(plain)
}
