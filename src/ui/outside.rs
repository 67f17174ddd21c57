//! The person's own editor with a text: it has the terminal until it ends. The text lies in a file that only its owner
//! can read, and that is gone afterwards.

use crate::app::{ComposeNews, Content, Msg};
use std::io::{self, Write};
use std::process::ExitStatus;
use tempfile::NamedTempFile;
use tokio::process::{Child, Command};

/// An editor that runs.
pub struct Outside {
    content: Content,
    before: String,
    file: NamedTempFile,
    child: Child,
    editor: String,
}

impl Outside {
    /// Starts the editor, a command line as `$EDITOR` holds it, on a file with that ending; an error is a sentence.
    pub fn start(editor: &str, content: Content, text: String, ending: &str) -> Result<Self, String> {
        let file = file_with(&text, ending)
            .map_err(|error| format!("Cannot write a file for the editor: {error}."))?;
        let child = command(editor, &file).spawn();
        let child = child.map_err(|error| format!("Cannot start the editor {editor}: {error}."))?;
        Ok(Self {
            content,
            before: text,
            file,
            child,
            editor: editor.to_owned(),
        })
    }

    /// Waits until the editor ends; gives the text, if it is another one.
    pub async fn ended(&mut self) -> Msg {
        let ended = self.child.wait().await;
        Msg::Compose(ComposeNews::Edited(self.content, self.result(ended)))
    }

    fn result(&self, ended: io::Result<ExitStatus>) -> Result<Option<String>, String> {
        let stays = |why: String| format!("The editor {} {why}; the text stays as it was.", self.editor);
        let status = ended.map_err(|error| stays(format!("cannot be waited for: {error}")))?;
        if !status.success() {
            return Err(stays(format!("ended badly ({status})")));
        }
        // Editors may have put another file in its place: it is found by its name.
        let text = std::fs::read_to_string(self.file.path())
            .map_err(|error| stays(format!("left no text: {error}")))?;
        let text = without_added_end(&self.before, text);
        Ok((text != self.before).then_some(text))
    }
}

/// Most editors end the last line; a text that had no such end keeps none.
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

/// `$EDITOR` may hold options, so that a shell has to read it.
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
        let mut outside = Outside::start(editor, Content::Payload(0), before.into(), "json").unwrap();
        match outside.ended().await {
            Msg::Compose(ComposeNews::Edited(_, result)) => result,
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
                .contains("stays as it was")
        );
        assert!(edited("rm", "one").await.unwrap_err().contains("left no text"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn its_file_is_for_its_owner_only_and_gone_afterwards() {
        let mut outside = Outside::start("true", Content::Payload(0), "secret".into(), "json").unwrap();
        let path = outside.file.path().to_owned();
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
