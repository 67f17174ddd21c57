//! The finished envelope as a program for Node over the nats package.

use super::material::Material;
use super::quoted::{Style, list, string};
use crate::composition::error::ComposeError;
use std::fmt::Write as _;

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let finished = material.finished("JavaScript")?;
    let quoted = |text: &str| string(text, Style::JavaScript);
    let (mut made, mut given) = (String::new(), "");
    if !finished.headers.is_empty() {
        made += "  const sent = headers();\n";
        given = ", { headers: sent }";
    }
    for (name, value) in &finished.headers {
        // Writing into a String cannot fail.
        let _ = writeln!(made, "  sent.append({}, {});", quoted(name), quoted(value));
    }
    let publish = format!("(SUBJECT, ENVELOPE{given})");
    let publish = if material.options.jetstream {
        format!("console.log(await connection.jetstream().publish{publish})")
    } else {
        format!("connection.publish{publish}")
    };
    Ok(format!(
        "// Sends one NATSBridge message. Needs Node and its package nats (version 2).
{notes}const {{ connect, headers }} = require('nats');

const SERVERS = [{servers}];
const SUBJECT = {subject};
const ENVELOPE = {envelope};

async function main() {{
  const connection = await connect({{ servers: SERVERS }});
{made}  {publish};
  await connection.drain();
}}

main();
",
        notes = material.program_notes("//"),
        servers = list(&material.servers, |server| quoted(server)),
        subject = quoted(material.subject()),
        envelope = quoted(&finished.envelope),
    ))
}
