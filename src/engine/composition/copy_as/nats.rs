//! The finished envelope as a `nats pub` command of a POSIX shell.

use super::super::compose_error::ComposeError;
use super::material::Material;
use super::quoted::shell;

/// Bytes of one argument that every system takes.
const ARGUMENT: usize = 100_000;

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let finished = material.finished("nats pub")?;
    let mut words = vec!["nats".to_owned(), "pub".into(), "--server".into()];
    words.push(shell(&material.servers.join(",")));
    if material.options.jetstream {
        words.push("--jetstream".into());
    }
    for (name, value) in &finished.headers {
        words.push("-H".into());
        words.push(shell(&format!("{name}:{value}")));
    }
    // The command takes {{ for the beginning of a template, JSON takes this for a brace.
    let envelope = finished.envelope.replace("{{", r"{\u007b");
    let subject = shell(material.subject());
    let notes = material.notes("#");
    let command = words.join(" ");
    Ok(if envelope.len() <= ARGUMENT {
        format!("{notes}{command} -- {subject} {}\n", shell(&envelope))
    } else {
        // JSON on one line holds no line of its own that could end it early.
        format!("{notes}{command} --force-stdin -- {subject} <<'ENVELOPE'\n{envelope}\nENVELOPE\n")
    })
}
