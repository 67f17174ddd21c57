//! The directory of contexts: their names, which one is selected, what each asks for.

use super::context_file::ContextFile;
use super::draft::{ContextDraft, write_private};
use super::error::{ContextError, ContextFileError};
use super::read_only::ReadOnly;
use super::reference::{References, read_small};
use crate::connect::{ConnectOptions, address, readable_by_others};
use crate::wording::Cause;
use natsbridge_wire::Limits;
use serde_json::Map;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The contexts of a person: `nats/context/*.json` and the selected one's name in `nats/context.txt`.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{Connection, Contexts};
/// let contexts = Contexts::of(|name| std::env::var(name).ok());
/// let name = contexts.selected()?.ok_or("no context is selected")?;
/// let connection = Connection::open(&contexts.load(&name)?).await?;
/// println!("connected to {}", connection.server().address);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contexts {
    folder: PathBuf,
    read_only: ReadOnly,
}

/// What a context says of itself; nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextInfo {
    /// What its author wrote about it.
    pub description: String,
    /// Where it connects to, without user info; empty where `nsc` has to be asked.
    pub server: String,
    /// The kind of credentials: `password`, `token`, `nkey`, `creds`, `jwt`, `certificate` or `none`.
    pub credentials: &'static str,
    /// Its file.
    pub path: PathBuf,
    /// Whether secrets stand in the file and others on this machine can read it.
    pub exposed: bool,
}

impl Contexts {
    /// Those below `$XDG_CONFIG_HOME/nats`, else `~/.config/nats`.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let config = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
        Self {
            folder: config.unwrap_or_default().join("nats"),
            read_only: ReadOnly::Never,
        }
    }

    /// The same contexts, of which these only read.
    #[must_use]
    pub fn guarded(self, read_only: ReadOnly) -> Self {
        Self { read_only, ..self }
    }

    /// Their names, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.join("context"));
        let mut names: Vec<String> = entries
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let facts = entry.metadata().ok()?;
                let name = entry.file_name().to_str()?.strip_suffix(".json")?.to_owned();
                (facts.is_file() && facts.len() > 0 && is_name(&name)).then_some(name)
            })
            .collect();
        names.sort_unstable();
        names
    }

    /// The name of the selected one, if one is; that it cannot be read does not mean that none is.
    pub fn selected(&self) -> Result<Option<String>, ContextError> {
        let path = self.folder.join("context.txt");
        match read_small(&path) {
            Ok(name) => Ok(Some(name.expose().trim().to_owned()).filter(|name| !name.is_empty())),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(ContextError::Selection {
                path,
                source: Cause::of(error),
            }),
        }
    }

    /// What a context asks for, by its name or by the path of its file (`*.json`). Runs the command that a reference
    /// names (`op`, `nsc`), so it may take a while: at most the limit `secret_command_time` each.
    pub fn load(&self, name: &str) -> Result<ConnectOptions, ContextError> {
        let (path, file) = self.read(name)?;
        let references = References {
            variable: &|name| std::env::var(name).ok(),
            patience: Limits::in_force().secret_command_time,
        };
        let mut options = file
            .options(&references)
            .map_err(|source| unusable(name, &path, source))?;
        let name = self.name_of(name, &path);
        options.read_only = self.read_only.covers(Some(&name));
        options.context = Some(name);
        Ok(options)
    }

    /// What a context says of itself, without following its references.
    pub fn facts(&self, name: &str) -> Result<ContextInfo, ContextError> {
        let (path, file) = self.read(name)?;
        let places = address::parse(file.addresses()).map(|(servers, _)| servers.join(","));
        Ok(ContextInfo {
            server: match file.addresses() {
                "" => String::new(),
                _ => places.map_err(|error| unusable(name, &path, ContextFileError::Url(error)))?,
            },
            credentials: file.kind(),
            exposed: file.holds_secrets() && readable_by_others(&path),
            description: file.description.to_string(),
            path,
        })
    }

    /// A new context, not saved yet.
    pub fn create(&self, name: &str) -> Result<ContextDraft, ContextError> {
        if !is_name(name) {
            return Err(ContextError::Name(name.to_owned()));
        }
        let path = self.file_of(name);
        if path.exists() {
            let name = name.to_owned();
            return Err(ContextError::Exists { name });
        }
        Ok(ContextDraft::new(name, path, Map::new()))
    }

    /// A context to be changed.
    pub fn change(&self, name: &str) -> Result<ContextDraft, ContextError> {
        let (path, _) = self.read(name)?;
        let unreadable = |why| unusable(name, &path, ContextFileError::Unreadable(Cause::of(why)));
        let text = read_small(&path).map_err(unreadable)?;
        // It was parsed before: it is an object.
        let fields = serde_json::from_str(text.expose()).unwrap_or_default();
        Ok(ContextDraft::new(name, path, fields))
    }

    /// Makes a context the one that is used where none is named.
    pub fn select(&self, name: &str) -> Result<(), ContextError> {
        self.read(name)?;
        let path = self.folder.join("context.txt");
        write_private(&path, name).map_err(|error| not_written(path, error))
    }

    /// Removes a context; one that was selected is so no more.
    pub fn remove(&self, name: &str) -> Result<(), ContextError> {
        let path = self.file_of(name);
        if !is_name(name) || !path.exists() {
            return Err(self.unknown(name));
        }
        std::fs::remove_file(&path).map_err(|error| not_written(path, error))?;
        if self.selected()?.as_deref() == Some(name) {
            let selection = self.folder.join("context.txt");
            std::fs::remove_file(&selection).map_err(|error| not_written(selection, error))?;
        }
        Ok(())
    }

    fn file_of(&self, name: &str) -> PathBuf {
        self.folder.join("context").join(format!("{name}.json"))
    }

    fn read(&self, name: &str) -> Result<(PathBuf, ContextFile), ContextError> {
        let as_path = Path::new(name);
        let path = if as_path.extension().is_some_and(|end| end == "json") && as_path.is_file() {
            as_path.to_owned()
        } else if is_name(name) {
            self.file_of(name)
        } else {
            return Err(self.unknown(name));
        };
        let text = read_small(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => self.unknown(name),
            _ => unusable(name, &path, ContextFileError::Unreadable(Cause::of(error))),
        })?;
        let file = ContextFile::parse(text.expose()).map_err(|why| unusable(name, &path, why))?;
        Ok((path, file))
    }

    /// A path is known by its file's name, as with `nats`.
    fn name_of(&self, name: &str, path: &Path) -> String {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        stem.filter(|_| !path.starts_with(&self.folder))
            .unwrap_or_else(|| name.to_owned())
    }

    fn unknown(&self, name: &str) -> ContextError {
        ContextError::Unknown {
            name: name.to_owned(),
            folder: self.folder.join("context"),
            known: self.names(),
        }
    }
}

fn unusable(name: &str, path: &Path, source: ContextFileError) -> ContextError {
    ContextError::Unusable {
        name: name.to_owned(),
        path: path.to_owned(),
        source,
    }
}

fn not_written(path: PathBuf, error: std::io::Error) -> ContextError {
    let source = Cause::of(error);
    ContextError::NotWritten { path, source }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains("..") && !name.contains(['/', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contexts(files: &[(&str, &str)]) -> (tempfile::TempDir, Contexts) {
        let home = tempfile::tempdir().unwrap();
        let contexts =
            Contexts::of(|name| (name == "XDG_CONFIG_HOME").then(|| home.path().display().to_string()));
        std::fs::create_dir_all(contexts.folder.join("context/folder.json")).unwrap();
        for (name, text) in files {
            std::fs::write(contexts.folder.join(name), text).unwrap();
        }
        (home, contexts)
    }

    #[test]
    fn the_folder_is_that_of_nats() {
        let of = |set: &'static str| Contexts::of(move |name| (name == set).then(|| "/x".into())).folder;
        assert_eq!(of("XDG_CONFIG_HOME"), Path::new("/x/nats"));
        assert_eq!(of("HOME"), Path::new("/x/.config/nats"));
    }

    #[test]
    fn names_and_selection() {
        let (_home, contexts) = contexts(&[
            ("context/b.json", "{}"),
            ("context/a.b.json", "{}"),
            ("context/empty.json", ""),
            ("context/notes.txt", "x"),
            ("context.txt", "b\n"),
        ]);
        assert_eq!(contexts.names(), ["a.b", "b"]);
        assert_eq!(contexts.selected().unwrap().as_deref(), Some("b"));
        assert_eq!(Contexts::default().selected().unwrap(), None);
    }

    #[test]
    fn contexts_are_made_changed_selected_and_removed() {
        let (_home, contexts) =
            contexts(&[("context/old.json", r#"{"url":"nats://h:1","color_scheme":"red"}"#)]);
        let mut draft = contexts.create("new").unwrap();
        draft.set("url", "nats://h:2");
        draft.set("token", "S3CRET");
        assert!(!format!("{draft:?}").contains("S3CRET"));
        let path = draft.save().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        assert_eq!(contexts.load("new").unwrap().address(), "h:2");
        assert_eq!(
            contexts
                .create("new")
                .unwrap_err()
                .to_string()
                .matches("edit new")
                .count(),
            1
        );
        let mut draft = contexts.change("old").unwrap();
        draft.set("url", "nats://h:3");
        draft.set("description", "older");
        let changed = std::fs::read_to_string(draft.save().unwrap()).unwrap();
        assert!(
            changed.contains("h:3") && changed.contains("color_scheme"),
            "{changed}"
        );
        let mut broken = contexts.change("old").unwrap();
        broken.set("url", "http://h");
        assert!(broken.save().unwrap_err().to_string().contains("url: "));
        contexts.select("old").unwrap();
        assert_eq!(contexts.selected().unwrap().as_deref(), Some("old"));
        assert!(contexts.select("none").is_err() && contexts.create("../x").is_err());
        contexts.remove("old").unwrap();
        assert_eq!(
            (contexts.names(), contexts.selected().unwrap()),
            (vec!["new".to_owned()], None)
        );
        assert!(contexts.remove("old").is_err());
    }

    #[test]
    fn a_guarded_context_only_reads() {
        let (_home, contexts) = contexts(&[("context/prod.json", "{}"), ("context/test.json", "{}")]);
        let contexts = contexts.guarded(ReadOnly::Contexts(vec!["prod".into()]));
        assert!(contexts.load("prod").unwrap().read_only && !contexts.load("test").unwrap().read_only);
    }

    #[test]
    fn by_name_and_by_path() {
        let (home, contexts) =
            contexts(&[("context/b.json", r#"{"url":"nats://h:1","description":"the b"}"#)]);
        let loaded = contexts.load("b").unwrap();
        assert_eq!(
            (loaded.address().as_str(), loaded.context.as_deref()),
            ("h:1", Some("b"))
        );
        let elsewhere = home.path().join("mine.json");
        std::fs::write(&elsewhere, r#"{"url":"nats://u:S3CRET@h:2"}"#).unwrap();
        let loaded = contexts.load(elsewhere.to_str().unwrap()).unwrap();
        assert_eq!(
            (loaded.address().as_str(), loaded.context.as_deref()),
            ("h:2", Some("mine"))
        );
        let facts = contexts.facts("b").unwrap();
        assert_eq!(
            (
                facts.description.as_str(),
                facts.server.as_str(),
                facts.credentials
            ),
            ("the b", "nats://h:1", "none")
        );
        assert_eq!(
            contexts.facts(elsewhere.to_str().unwrap()).unwrap().server,
            "nats://h:2"
        );
    }

    #[test]
    fn a_missing_one_names_those_that_exist() {
        let (_home, contexts) = contexts(&[
            ("context/b.json", "{}"),
            ("context/broken.json", "{\n"),
            ("context/list.json", "[]"),
        ]);
        for name in ["x", "../b", "", "no.json"] {
            let error = contexts.load(name).unwrap_err().to_string();
            assert!(error.contains("the contexts are b, broken, list"), "{error}");
        }
        let error = contexts.load("list").unwrap_err().to_string();
        assert!(error.contains("line 1") && error.contains("list.json"), "{error}");
        std::fs::create_dir(contexts.folder.join("context.txt")).unwrap();
        let error = contexts.selected().unwrap_err().to_string();
        assert!(
            error.contains("context.txt") && error.contains("directory"),
            "{error}"
        );
        let error = contexts.facts("broken").unwrap_err().to_string();
        assert!(
            error.contains("line 2") && error.contains("broken.json"),
            "{error}"
        );
    }
}
