//! The finished envelope as a Julia program over NATS.jl.

use super::material::Material;
use super::quoted::{Style, list, string};
use crate::composition::error::ComposeError;

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let finished = material.finished("Julia")?;
    let quoted = |text: &str| string(text, Style::Julia);
    let header = |(name, value): &(String, String)| format!("{} => {}", quoted(name), quoted(value));
    let message = match list(&finished.headers, header) {
        headers if headers.is_empty() => "ENVELOPE".to_owned(),
        headers => format!("(ENVELOPE, [{headers}])"),
    };
    let stream = if material.options.jetstream {
        "# Published without waiting: a stream may store it, but its acknowledgement is not awaited.\n"
    } else {
        ""
    };
    Ok(format!(
        "# Sends one NATSBridge message. Needs the package NATS.
{notes}{stream}using NATS

const SUBJECT = {subject}
const ENVELOPE = {envelope}

connection = NATS.connect({server})
publish(connection, SUBJECT, {message})
drain(connection)
",
        notes = material.program_notes("#"),
        subject = quoted(material.subject()),
        envelope = quoted(&finished.envelope),
        server = quoted(&material.servers.join(",")),
    ))
}
