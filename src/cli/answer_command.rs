//! A command that answers one request: it gets the request on its input, has a time limit, and its output is the
//! answer. Everything it started ends with it when it is cancelled.

use natsbridge_wire::Limits;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Runs a command with `sh -c` within a time limit; returns its output. The error is a clause.
pub(super) async fn run(
    command: &str,
    line: &[u8],
    within: Duration,
    limits: &Limits,
) -> Result<Vec<u8>, String> {
    let mut started = Started::start(command)?;
    let talk = started.talk(line, limits);
    timeout(within, talk).await.unwrap_or_else(|_| {
        Err(format!(
            "the command did not finish within {within:?}; raise the limit with --command-time"
        ))
    })
}

/// A running command. When dropped before it has ended, it is killed with everything it started.
struct Started(Child);

impl Started {
    fn start(command: &str) -> Result<Self, String> {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Its error output is for whoever runs us.
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        // Its own process group, so that everything it started can be ended with it.
        #[cfg(unix)]
        shell.process_group(0);
        let child = shell.spawn();
        child
            .map(Self)
            .map_err(|error| format!("the command cannot be started: {error}"))
    }

    /// Writes and reads at the same time: a command may print before it has read everything, or not read at all.
    async fn talk(&mut self, line: &[u8], limits: &Limits) -> Result<Vec<u8>, String> {
        let (input, output) = (self.0.stdin.take(), self.0.stdout.take());
        let lost = |error| format!("the command was lost: {error}");
        let most = limits.direct_message;
        let mut printed = Vec::new();
        let talking = async {
            let writing = async {
                if let Some(mut input) = input {
                    // It need not read its input.
                    input.write_all(line).await.ok();
                }
                Ok(())
            };
            let reading = async {
                let Some(output) = output else { return Ok(()) };
                let mut output = output.take(most as u64 + 1);
                let read = output.read_to_end(&mut printed).await;
                read.map_err(|error| format!("the command's output cannot be read: {error}"))?;
                if output.limit() == 0 {
                    return Err(format!("the command printed more than {most} bytes"));
                }
                Ok(())
            };
            tokio::try_join!(writing, reading).map(|_| ())
        };
        let status = {
            let mut talking = std::pin::pin!(talking);
            tokio::select! {
                talked = &mut talking => {
                    talked?;
                    None
                }
                status = self.0.wait() => {
                    // Its output is complete; something it left running may keep the pipe open forever.
                    if let Ok(talked) = timeout(limits.command_rest_time, talking).await {
                        talked?;
                    }
                    Some(status.map_err(lost)?)
                }
            }
        };
        let status: ExitStatus = match status {
            Some(status) => status,
            None => self.0.wait().await.map_err(lost)?,
        };
        if status.success() {
            Ok(printed)
        } else {
            Err(format!("the command failed ({status})"))
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Once waited for it has no process id any more, and what it deliberately left running goes on.
        #[cfg(unix)]
        if let Some(group) = (self.0.id())
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            // All of it may have ended just now.
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_engine::clock;

    const LONG: Duration = Duration::from_secs(60);

    async fn answer(command: &str, within: Duration) -> Result<Vec<u8>, String> {
        run(command, b"{}\n", within, &Limits::DEFAULT).await
    }

    #[tokio::test]
    async fn a_command_that_leaves_something_running_has_answered_when_it_ends() {
        // What is left running would keep the output open for longer than the command may take.
        let printed = answer("sleep 99 & echo $!", LONG).await.unwrap();
        let left: i32 = String::from_utf8(printed).unwrap().trim().parse().unwrap();
        let left = rustix::process::Pid::from_raw(left).unwrap();
        rustix::process::kill_process(left, rustix::process::Signal::KILL).unwrap();
    }

    #[tokio::test]
    async fn what_a_command_started_ends_with_it_when_its_time_is_up() {
        // The pipe ends when the last of those that hold it has ended.
        let path = std::env::temp_dir().join(format!("natsbridge-command-{}", clock::random_uuid().simple()));
        let pipe = path.display();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let (held, said) = std::sync::mpsc::channel();
        let reading = path.clone();
        std::thread::spawn(move || held.send(std::fs::read(reading)));
        let command = format!("(sh -c 'echo on; sleep 99; true') > {pipe} & wait");
        let error = answer(&command, Duration::from_secs(1)).await.unwrap_err();
        assert!(error.contains("did not finish"), "{error}");
        let said = said.recv_timeout(LONG).expect("it runs on").unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!(said, b"on\n");
    }

    #[tokio::test]
    async fn what_goes_wrong_is_said_and_input_need_not_be_read() {
        assert_eq!(answer("cat", LONG).await.unwrap(), b"{}\n");
        let line = vec![b'x'; 1 << 20];
        assert_eq!(run("true", &line, LONG, &Limits::DEFAULT).await.unwrap(), b"");
        assert!(answer("exit 3", LONG).await.unwrap_err().contains("failed"));
        let limits = Limits {
            direct_message: 10,
            ..Limits::DEFAULT
        };
        let much = run("yes", b"", LONG, &limits).await.unwrap_err();
        assert!(much.contains("more than 10 bytes"), "{much}");
    }
}
