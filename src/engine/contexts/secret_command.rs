//! Runs the command of a secret store (`op`, `nsc`) and returns its output. It always ends, whatever the command
//! does.

use super::error::CommandError;
use crate::connect::Secret;
use crate::wording::Cause;
use natsbridge_wire::Limits;
use std::io::{ErrorKind, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Bytes of complaint that are shown.
const COMPLAINT: usize = 300;

/// What the command printed. What it printed is never part of an error.
pub(super) fn output_of(program: &str, arguments: &[&str], within: Duration) -> Result<Secret, CommandError> {
    let not_run = |error: std::io::Error| CommandError::NotRun {
        program: program.to_owned(),
        source: Cause::of(error),
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| match error.kind() {
        ErrorKind::NotFound => CommandError::NotInstalled(program.to_owned()),
        _ => not_run(error),
    })?;
    let (said, complaint) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let Ok(said) = said.recv_timeout(within) else {
        end(&mut child);
        return Err(CommandError::Slow {
            program: program.to_owned(),
            within,
        });
    };
    // It has closed its output; if it lingers, it has nothing more to say.
    let complaint = complaint.recv_timeout(within).unwrap_or_default();
    let status = child.wait().map_err(not_run)?;
    if !status.success() {
        let complaint = String::from_utf8_lossy(&complaint[..complaint.len().min(COMPLAINT)]);
        return Err(CommandError::Failed {
            program: program.to_owned(),
            complaint: match complaint.trim() {
                "" => status.to_string(),
                complaint => complaint.to_owned(),
            },
        });
    }
    String::from_utf8(said)
        .map(Secret::from)
        .map_err(|_| CommandError::NoText(program.to_owned()))
}

fn drain(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // Everything read so far counts; endless output is cut off, and the command is stopped.
            let most = Limits::in_force().secret_bytes as u64;
            stream.take(most).read_to_end(&mut bytes).ok();
        }
        send.send(bytes).ok();
    });
    receive
}

fn end(child: &mut Child) {
    // It may have ended by itself meanwhile.
    child.kill().ok();
    child.wait().ok();
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[cfg(unix)]
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    #[cfg(unix)]
    fn what_a_command_prints_comes_back_and_what_goes_wrong_is_said() {
        let said = output_of("sh", &["-c", "printf hush"], LONG).unwrap();
        assert_eq!(said.expose(), "hush");
        let failed = output_of("sh", &["-c", "echo S3CRET; echo locked >&2; exit 3"], LONG)
            .unwrap_err()
            .to_string();
        assert!(
            failed.contains("locked") && !failed.contains("S3CRET"),
            "{failed}"
        );
        let missing = output_of("no-such-command-here", &[], LONG)
            .unwrap_err()
            .to_string();
        assert!(missing.contains("not installed"), "{missing}");
        let slow = output_of("sh", &["-c", "exec sleep 60"], Duration::from_millis(50))
            .unwrap_err()
            .to_string();
        assert!(slow.contains("did not finish"), "{slow}");
    }
}
