//! An external program that takes over the terminal: the editor, or a program that opens a payload. Its files are
//! readable only by their owner and are deleted afterwards.

use crate::workers::{converted, words, write_outside};
use natsbridge_app::{ComposeMsg, Content, Msg, ShownPayload};
use natsbridge_wire::{Limits, Severity};
use std::io::{self, Write};
use std::process::ExitStatus;
use std::sync::Arc;
use tempfile::{NamedTempFile, TempDir};
use tokio::process::{Child, Command};

/// A program that has the terminal.
pub struct ExternalProgram {
    child: Child,
    name: String,
    job: Job,
}

/// What it was started for.
enum Job {
    /// To change a text.
    Edit {
        content: Content,
        before: String,
        file: NamedTempFile,
    },
    /// To view a payload.
    Look,
}

impl ExternalProgram {
    /// Starts the editor (a command line, as in `$EDITOR`) on a file with that extension; the error is a message for
    /// the user.
    pub fn edit(editor: &str, content: Content, text: String, ending: &str) -> Result<Self, Box<Msg>> {
        let started = file_with(&text, ending)
            .map_err(|error| format!("Cannot create a file for the editor: {error}."))
            .and_then(|file| {
                let child = command(editor, &file).spawn();
                let child = child.map_err(|error| format!("Cannot start the editor {editor}: {error}."))?;
                Ok((file, child))
            });
        let (file, child) =
            started.map_err(|why| Box::new(Msg::Compose(ComposeMsg::Edited(content, Err(why)))))?;
        Ok(Self {
            child,
            name: editor.to_owned(),
            job: Job::Edit {
                content,
                before: text,
                file,
            },
        })
    }

    /// Starts a command with `{{file}}`, `{{csv}}` or `{{parquet}}` in it on a payload; an error is what to tell.
    pub fn look(
        command: &str,
        shown: &ShownPayload,
        folder: io::Result<Arc<TempDir>>,
    ) -> Result<Self, Box<Msg>> {
        let told = |why: String| Box::new(Msg::Notice(Severity::Error, why));
        let converted = converted(command, shown, Limits::in_force());
        let written =
            converted.and_then(|(word, shown)| Ok((word, write_outside(folder?.as_ref(), &shown)?)));
        let (word, path) =
            written.map_err(|error| told(format!("Cannot create a file for the other program: {error}.")))?;
        let words = words(command, &[(word, &path.display().to_string())]).map_err(told)?;
        let child = Command::new(&words[0]).args(&words[1..]).spawn();
        let child = child.map_err(|error| told(format!("Cannot start {}: {error}.", words[0])))?;
        Ok(Self {
            child,
            name: words[0].clone(),
            job: Job::Look,
        })
    }

    /// Waits until the program ends; returns the edited text if it has changed.
    pub async fn ended(&mut self) -> Option<Msg> {
        let ended = self.child.wait().await;
        match &self.job {
            Job::Edit {
                content,
                before,
                file,
            } => {
                let result = edited(&self.name, before, file, ended);
                Some(Msg::Compose(ComposeMsg::Edited(*content, result)))
            }
            Job::Look => {
                let why = match ended {
                    Ok(status) if status.success() => return None,
                    Ok(status) => format!("{} failed ({status}).", self.name),
                    Err(error) => format!("Cannot wait for {}: {error}.", self.name),
                };
                Some(Msg::Notice(Severity::Warning, why))
            }
        }
    }
}

/// The text that an editor left, if it is another one.
fn edited(
    editor: &str,
    before: &str,
    file: &NamedTempFile,
    ended: io::Result<ExitStatus>,
) -> Result<Option<String>, String> {
    let stays = |why: String| format!("The editor {editor} {why}; the text is unchanged.");
    let status = ended.map_err(|error| stays(format!("could not be waited for: {error}")))?;
    if !status.success() {
        return Err(stays(format!("failed ({status})")));
    }
    // Editors may have replaced the file, so it is found by its name.
    let text = std::fs::read_to_string(file.path())
        .map_err(|error| stays(format!("left no readable text: {error}")))?;
    let text = without_added_end(before, text);
    Ok((text != before).then_some(text))
}

/// Most editors add a final line break; a text that had none keeps none.
fn without_added_end(before: &str, mut text: String) -> String {
    if !before.ends_with('\n') && text.ends_with('\n') {
        text.pop();
    }
    text
}

fn file_with(text: &str, ending: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix("natsbridge-")
        .suffix(&format!(".{ending}"))
        .tempfile()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// `$EDITOR` may contain options, so a shell has to parse it.
#[cfg(unix)]
fn command(editor: &str, file: &NamedTempFile) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(file.path());
    command
}

#[cfg(not(unix))]
fn command(editor: &str, file: &NamedTempFile) -> Command {
    let mut words = editor.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("notepad"));
    command.args(words).arg(file.path());
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[cfg(unix)]
    async fn edited(editor: &str, before: &str) -> Result<Option<String>, String> {
        let mut outside = ExternalProgram::edit(editor, Content::Payload(0), before.into(), "json").unwrap();
        match outside.ended().await {
            Some(Msg::Compose(ComposeMsg::Edited(_, result))) => result,
            other => panic!("{other:?}"),
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn an_editor_changes_the_text_or_leaves_it() {
        assert_eq!(edited("echo more >>", "one").await, Ok(Some("onemore".into())));
        assert_eq!(edited("true", "one\n").await, Ok(None));
        assert!(
            edited("exit 3;", "one")
                .await
                .unwrap_err()
                .contains("is unchanged")
        );
        assert!(
            edited("rm", "one")
                .await
                .unwrap_err()
                .contains("left no readable text")
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_payload_is_looked_at_in_the_terminal() {
        let shown = ShownPayload {
            subject: "a".into(),
            dataname: "x".into(),
            kind: natsbridge_wire::Kind::Text,
            file_name: "x.txt".into(),
            body: bytes::Bytes::from_static(b"grape").into(),
        };
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let looked = async |command: &str| {
            let mut outside = ExternalProgram::look(command, &shown, Ok(Arc::clone(&folder)))?;
            Ok::<_, Box<Msg>>(outside.ended().await)
        };
        assert!(looked("grep -q grape {{file}}").await.unwrap().is_none());
        assert!(looked("grep -q wine {{file}}").await.unwrap().is_some());
        assert!(looked("natsbridge-no-such-program {{file}}").await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn its_file_is_for_its_owner_only_and_gone_afterwards() {
        let mut outside =
            ExternalProgram::edit("true", Content::Payload(0), "secret".into(), "json").unwrap();
        let Job::Edit { file, .. } = &outside.job else {
            panic!("another job")
        };
        let path = file.path().to_owned();
        assert_eq!(path.extension().unwrap(), "json");
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        outside.ended().await;
        drop(outside);
        assert!(!path.exists());
    }
}
