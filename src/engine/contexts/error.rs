//! Why a context cannot be used, in words for people.

use crate::connect::{ConnectError, CredsError};
use crate::wording::Cause;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a context cannot be used; each names the file and what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// There is none of that name.
    #[error("unknown context {name}{}", those(.folder, .known))]
    Unknown {
        /// The name.
        name: String,
        /// Where contexts are looked for.
        folder: PathBuf,
        /// Those that there are.
        known: Vec<String>,
    },
    /// It cannot be read which one is selected.
    #[error("cannot read which context is selected: {}: {source}; name one with --context", .path.display())]
    Selection {
        /// The file that says so.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// It cannot be the name of a file.
    #[error("a context cannot be named {0:?}: a name has no / and no \\ and no ..")]
    Name(String),
    /// There is one of that name already.
    #[error("there is a context {name} already; change it with `natsbridge context edit {name}`")]
    Exists {
        /// The name.
        name: String,
    },
    /// A file cannot be written or removed.
    #[error("{} cannot be changed: {source}", .path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// Its file cannot be used.
    #[error("context {name}: {}", of_file(.path, .source, .name))]
    Unusable {
        /// The name.
        name: String,
        /// Its file.
        path: PathBuf,
        /// Why.
        source: ContextFileError,
    },
}

fn of_file(path: &Path, why: &ContextFileError, name: &str) -> String {
    let path = path.display();
    match why {
        ContextFileError::Unreadable(_) => format!("{path} {why}"),
        ContextFileError::Type { .. } | ContextFileError::Json { .. } => {
            format!("{why}, in {path}; fix it with `nats context edit {name}`")
        }
        _ => format!("{why} (in {path})"),
    }
}

fn those(folder: &Path, known: &[String]) -> String {
    let folder = folder.display();
    match known {
        [] => format!(": there are no contexts in {folder}; create one with `natsbridge context add`"),
        names => format!(" in {folder}; the contexts are {}", names.join(", ")),
    }
}

/// What in the file of a context cannot be used; never told with the content itself, which may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextFileError {
    /// The system does not let it be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] Cause),
    /// A value of another type.
    #[error("a value at line {line}, column {column} does not have the type that `nats` uses there")]
    Type {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// No JSON.
    #[error("invalid JSON at line {line}, column {column}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It wants a proxy.
    #[error(
        "socks_proxy: SOCKS proxies are not supported; open a tunnel to the broker and give its address \
         with --server, without this context"
    )]
    Proxy,
    /// The addresses are none.
    #[error("url: {0}")]
    Url(#[source] ConnectError),
    /// A field that names a file refers to something else.
    #[error("{0}: only a file is possible here")]
    OnlyFile(&'static str),
    /// A field refers to something that is not there.
    #[error("{field}: {source}")]
    Field {
        /// The field.
        field: &'static str,
        /// Why.
        source: ReferenceError,
    },
}

/// Why what a value refers to is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// A variable of the environment.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// A file.
    #[error("{} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// `nsc` has no creds file for the user.
    #[error("nsc does not know a creds file for it")]
    NoCredsFile,
    /// No reference that `nsc` understands.
    #[error("an nsc reference is written nsc://OPERATOR/ACCOUNT/USER")]
    Nsc,
    /// `nsc` printed something else.
    #[error("`nsc generate profile` printed invalid JSON")]
    NscProfile,
    /// A `data:` reference that is none.
    #[error("{0}")]
    Data(&'static str),
    /// No creds file.
    #[error(transparent)]
    Creds(#[from] CredsError),
    /// No seed where one should be.
    #[error("it contains no seed")]
    NoSeed,
    /// The command of a secret store.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Why the command of a secret store (`op`, `nsc`) gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// It is not there.
    #[error("the command `{0}` is required but not installed")]
    NotInstalled(String),
    /// It cannot be started, or be waited for.
    #[error("the command `{program}` cannot be run: {source}")]
    NotRun {
        /// The command.
        program: String,
        /// Why.
        source: Cause,
    },
    /// It takes too long.
    #[error(
        "`{program}` did not finish within {} s; is it waiting to be unlocked? Run it by hand once",
        within.as_secs_f32()
    )]
    Slow {
        /// The command.
        program: String,
        /// How long it was waited for.
        within: Duration,
    },
    /// It failed.
    #[error("`{program}` failed: {complaint}")]
    Failed {
        /// The command.
        program: String,
        /// Its complaint, else its exit status.
        complaint: String,
    },
    /// It printed something else.
    #[error("`{0}` printed no valid text")]
    NoText(String),
}
