//! The finished envelope as a Python program over nats-py.

use super::material::Material;
use super::quoted::{Style, list, string};
use crate::composition::error::ComposeError;
use std::collections::BTreeSet;

const TOOL: &str = "Python";

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let finished = material.finished(TOOL)?;
    let quoted = |text: &str| string(text, Style::Python);
    let mut names = BTreeSet::new();
    if let Some((name, _)) = finished.headers.iter().find(|(name, _)| !names.insert(name)) {
        let why = format!(
            "nats-py sends one value per header, but {name} has several; copy it as a natsbridge command"
        );
        return Err(ComposeError::Copy { tool: TOOL, why });
    }
    let header = |(name, value): &(String, String)| format!("{}: {}", quoted(name), quoted(value));
    let publish = if material.options.jetstream {
        "print(await connection.jetstream().publish(SUBJECT, ENVELOPE.encode(), headers=HEADERS))"
    } else {
        "await connection.publish(SUBJECT, ENVELOPE.encode(), headers=HEADERS)"
    };
    Ok(format!(
        "# Sends one NATSBridge message. Needs nats-py.
{notes}import asyncio

import nats

SERVERS = [{servers}]
SUBJECT = {subject}
HEADERS = {{{headers}}} or None
ENVELOPE = {envelope}


async def main():
    connection = await nats.connect(SERVERS)
    {publish}
    await connection.flush()
    await connection.close()


asyncio.run(main())
",
        notes = material.program_notes("#"),
        headers = list(&finished.headers, header),
        servers = list(&material.servers, |server| quoted(server)),
        subject = quoted(material.subject()),
        envelope = quoted(&finished.envelope),
    ))
}
