//! The same payloads and options as a Rust program over this library. What is no text stands in it as bytes, large files
//! by their path.

use super::material::Material;
use super::quoted::{Style, list, rust_bytes, string};
use crate::bridge::SendOptions;
use crate::composition::error::ComposeError;
use crate::composition::payload_row::{PayloadRow, Source};
use natsbridge_wire::{Blob, Kind, Limits};
use std::fmt::Write as _;

const TOOL: &str = "Rust";

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let loaded = material.loaded;
    let mut payloads = String::new();
    let mut files = false;
    for (row, payload) in loaded.composition.payloads.iter().zip(&loaded.payloads) {
        let (content, from_file) = content(row, &payload.body)?;
        files |= from_file;
        let (name, kind) = (quoted(&payload.dataname), payload.kind);
        // Writing into a String cannot fail.
        let _ = writeln!(
            payloads,
            "        Payload::new({name}, {content}, Kind::{kind:?}),"
        );
    }
    let files = if files { "file_blob, " } else { "" };
    Ok(format!(
        "// Sends one NATSBridge message. Needs the crates natsbridge and tokio (with rt-multi-thread and macros).
{notes}use natsbridge::{{Dialect, Kind, Payload, Payloads, SendOptions, {files}smartsend}};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let payloads = Payloads::from([
{payloads}    ]);
    let options = SendOptions {{
{options}        ..SendOptions::default()
    }};
    let sent = smartsend({subject}, payloads, &options).await?;
    println!(\"message {{}}\", sent.envelope.msg_id);
    Ok(())
}}
",
        notes = material.program_notes("//"),
        options = options(&material.options),
        subject = quoted(material.subject()),
    ))
}

fn quoted(text: &str) -> String {
    string(text, Style::Rust)
}

/// The expression for a payload's bytes, and whether it reads a file.
fn content(row: &PayloadRow, body: &Blob) -> Result<(String, bool), ComposeError> {
    let cannot = |why: String| ComposeError::Copy { tool: TOOL, why };
    if let (Source::Text(text), false) = (&row.source, row.kind == Kind::Table) {
        return Ok((quoted(text), false));
    }
    // A file that goes out as it is stays one.
    if let (Source::File(path), true) = (&row.source, body.memory().is_none() || row.kind != Kind::Table) {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let path = absolute.to_str().ok_or_else(|| {
            cannot(format!(
                "the file name of {} is not valid UTF-8; rename it",
                path.display()
            ))
        })?;
        return Ok((format!("file_blob({}.as_ref())?", quoted(path)), true));
    }
    let most = Limits::in_force().copy_bytes;
    if body.len() > most as u64 {
        return Err(cannot(format!(
            "payload '{}' has {} bytes, and at most {most} can be pasted as text; copy it as a natsbridge \
             command",
            row.name,
            body.len()
        )));
    }
    let bytes = body
        .slice(0..body.len())
        .map_err(|error| cannot(format!("payload '{}' cannot be read: {error}", row.name)))?;
    Ok((format!("&{}[..]", rust_bytes(&bytes)), false))
}

/// The fields that are not as the library has them by default.
fn options(options: &SendOptions) -> String {
    let default = SendOptions::default();
    let mut out = String::new();
    let mut line = |name: &str, value: String| {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "        {name}: {value},");
    };
    line("nats_url", format!("{}.into()", quoted(&options.nats_url)));
    for (name, text, usual) in [
        ("fileserver_url", &options.fileserver_url, &default.fileserver_url),
        ("msg_purpose", &options.msg_purpose, &default.msg_purpose),
        ("sender_name", &options.sender_name, &default.sender_name),
        ("receiver_name", &options.receiver_name, &default.receiver_name),
        ("receiver_id", &options.receiver_id, &default.receiver_id),
        ("reply_to", &options.reply_to, &default.reply_to),
        (
            "reply_to_msg_id",
            &options.reply_to_msg_id,
            &default.reply_to_msg_id,
        ),
        ("metadata", &options.metadata, &default.metadata),
    ] {
        if text != usual {
            line(name, format!("{}.into()", quoted(text)));
        }
    }
    if options.size_threshold != default.size_threshold {
        line("size_threshold", options.size_threshold.to_string());
    }
    if let Some(id) = &options.correlation_id {
        line("correlation_id", format!("Some({}.into())", quoted(id)));
    }
    line("dialect", format!("Dialect::{:?}", options.dialect));
    if !options.headers.is_empty() {
        let pair =
            |(name, value): &(String, String)| format!("({}.into(), {}.into())", quoted(name), quoted(value));
        line("headers", format!("vec![{}]", list(&options.headers, pair)));
    }
    if options.transport != default.transport {
        line(
            "transport",
            format!("natsbridge::TransportChoice::{:?}", options.transport),
        );
    }
    if options.jetstream {
        line("jetstream", "true".into());
    }
    out
}
