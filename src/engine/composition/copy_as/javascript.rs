//! The finished envelope as a program for Node over the nats package.

use super::super::compose_error::ComposeError;
use super::material::Material;
use super::quoted::{Style, string};

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let finished = material.finished("JavaScript")?;
    let quoted = |text: &str| string(text, Style::JavaScript);
    let headers = finished.headers.iter();
    let headers: String = headers
        .map(|(name, value)| format!("  sent.append({}, {});\n", quoted(name), quoted(value)))
        .collect();
    let servers: Vec<_> = material.servers.iter().map(|server| quoted(server)).collect();
    let (made, given) = match headers.is_empty() {
        true => ("", ""),
        false => ("  const sent = headers();\n", ", { headers: sent }"),
    };
    let publish = match material.options.jetstream {
        true => "console.log(await connection.jetstream().publish",
        false => "connection.publish",
    };
    let close = if material.options.jetstream { ")" } else { "" };
    Ok(format!(
        "// Sends one NATSBridge message. Needs Node and its package nats (version 2).
{notes}const {{ connect, headers }} = require('nats');

const SERVERS = [{servers}];
const SUBJECT = {subject};
const ENVELOPE = {envelope};

async function main() {{
  const connection = await connect({{ servers: SERVERS }});
{made}{headers}  {publish}(SUBJECT, ENVELOPE{given}){close};
  await connection.drain();
}}

main();
",
        notes = material.notes("//"),
        servers = servers.join(", "),
        subject = quoted(material.subject()),
        envelope = quoted(&finished.envelope),
    ))
}
