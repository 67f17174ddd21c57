//! The finished envelope as a `nats pub` or `nats request` command of a POSIX shell.

use super::material::Material;
use super::quoted::shell;
use crate::composition::error::ComposeError;
use natsbridge_wire::duration_text;

/// Bytes of one argument that every system takes.
const ARGUMENT: usize = 100_000;

pub(super) fn copy(material: &Material<'_>) -> Result<String, ComposeError> {
    let finished = material.finished("nats command")?;
    let verb = if material.wait.is_some() { "request" } else { "pub" };
    let mut words = vec!["nats".to_owned(), verb.into(), "--server".into()];
    words.push(shell(&material.servers.join(",")));
    let mut notes = material.notes("#");
    if let Some(wait) = material.wait {
        let time = duration_text(wait.timeout);
        words.push(format!("--timeout {time} --replies {}", wait.replies));
        if wait.replies != 1 {
            // Without it the command gives up soon after the first reply.
            words.push(format!("--reply-timeout {time}"));
        }
        notes.push_str(&material.nowhere("#"));
    } else if material.options.jetstream {
        words.push("--jetstream".into());
    }
    for (name, value) in &finished.headers {
        words.push("-H".into());
        words.push(shell(&format!("{name}:{value}")));
    }
    // The command takes {{ for the start of a template, so use JSON's escape for the brace.
    let envelope = finished.envelope.replace("{{", r"{\u007b");
    let subject = shell(material.subject());
    let command = words.join(" ");
    Ok(if envelope.len() <= ARGUMENT {
        format!("{notes}{command} -- {subject} {}\n", shell(&envelope))
    } else {
        // JSON on one line holds no line of its own that could end it early.
        format!("{notes}{command} --force-stdin -- {subject} <<'ENVELOPE'\n{envelope}\nENVELOPE\n")
    })
}
