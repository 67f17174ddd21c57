//! Values of a context that refer elsewhere: `env://`, `file://`, `data:`, `op://`, `nsc://`, and paths with `~` and
//! `$VAR`, in the forms of the `nats` command.

use super::error::ReferenceError;
use super::secret_command::output_of;
use crate::connect::Secret;
use crate::files::read_text;
use crate::wording::Cause;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use natsbridge_wire::Limits;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where references lead from.
pub(super) struct References<'a> {
    /// The environment.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// How long a command may take.
    pub(super) patience: Duration,
}

/// What `nsc` knows of a user.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Profile {
    /// The creds file.
    pub(super) creds: Option<PathBuf>,
    /// The operator's servers, separated by commas.
    pub(super) servers: Option<String>,
}

impl References<'_> {
    /// The secret that a value is or points to. Lines ends behind it are not part of it.
    pub(super) fn secret(&self, value: &str) -> Result<Secret, ReferenceError> {
        Ok(match self.content(value)? {
            Some(content) => content.expose().trim_end_matches(['\r', '\n']).into(),
            None => value.into(),
        })
    }

    /// The target of a reference; `None` if the value is not one. `file://` is read now.
    pub(super) fn content(&self, value: &str) -> Result<Option<Secret>, ReferenceError> {
        let content = if let Some(name) = value.strip_prefix("env://") {
            let set = (self.variable)(name).filter(|value| !value.is_empty());
            set.ok_or_else(|| ReferenceError::NotSet(name.to_owned()))?.into()
        } else if let Some(path) = value.strip_prefix("file://") {
            let path = self.path(path);
            read(&path)?
        } else if let Some(data) = value.strip_prefix("data:") {
            inline(data)?
        } else if value.starts_with("op://") {
            output_of("op", &["read", value], self.patience)?
        } else if value.starts_with("nsc://") {
            let creds = self.profile(value)?.creds.ok_or(ReferenceError::NoCredsFile)?;
            read(&creds)?
        } else {
            return Ok(None);
        };
        Ok(Some(content))
    }

    /// A path with `~` and variables filled in, with or without `file://` before it.
    pub(super) fn path(&self, value: &str) -> PathBuf {
        let value = value.strip_prefix("file://").unwrap_or(value);
        // A drive has a slash before it in a URL only: file:///C:/Users.
        let value = match value.as_bytes() {
            [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => &value[1..],
            _ => value,
        };
        let filled = self.filled(value);
        let known = |name: &&str| (self.variable)(name).filter(|home| !home.is_empty());
        let home = || ["HOME", "USERPROFILE"].iter().find_map(known);
        match filled.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '\\']) => match home() {
                Some(home) => (home + rest).into(),
                None => filled.into(),
            },
            _ => filled.into(),
        }
    }

    /// Asks `nsc` about a user, `nsc://operator/account/user`.
    pub(super) fn profile(&self, url: &str) -> Result<Profile, ReferenceError> {
        // Anything else might be an option to the command.
        if !url.starts_with("nsc://") {
            return Err(ReferenceError::Nsc);
        }
        let said = output_of("nsc", &["generate", "profile", url], self.patience)?;
        let said: serde_json::Value =
            serde_json::from_str(said.expose()).map_err(|_| ReferenceError::NscProfile)?;
        let servers = said["operator"]["service"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let servers: Vec<_> = servers.iter().filter_map(|server| server.as_str()).collect();
        Ok(Profile {
            creds: said["user_creds"]
                .as_str()
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
            servers: (!servers.is_empty()).then(|| servers.join(",")),
        })
    }

    /// Replaces `$NAME` and `${NAME}` by their values, unset ones by nothing.
    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            filled.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, next) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
                Some(braced) => braced,
                None => after.split_at(
                    after
                        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .unwrap_or(after.len()),
                ),
            };
            if name.is_empty() {
                filled.push('$');
            }
            filled.push_str(&(self.variable)(name).unwrap_or_default());
            rest = next;
        }
        filled + rest
    }
}

/// Reads a small text file.
pub(super) fn read_small(path: &Path) -> io::Result<Secret> {
    read_text(path, Limits::in_force().secret_bytes as u64).map(Secret::from)
}

fn read(path: &Path) -> Result<Secret, ReferenceError> {
    read_small(path).map_err(|error| ReferenceError::File {
        path: path.to_owned(),
        source: Cause::of(error),
    })
}

/// What stands in a `data:` reference itself (RFC 2397), base64 only.
fn inline(data: &str) -> Result<Secret, ReferenceError> {
    let (head, body) = data.split_once(',').ok_or(ReferenceError::Data(
        "a data: reference needs a comma before its content",
    ))?;
    if !head.split(';').any(|part| part.trim() == "base64") {
        return Err(ReferenceError::Data(
            "a data: reference is written data:;base64,…",
        ));
    }
    let bytes = STANDARD
        .decode(body)
        .map_err(|_| ReferenceError::Data("the data: reference is not valid base64"))?;
    String::from_utf8(bytes)
        .map(Secret::from)
        .map_err(|_| ReferenceError::Data("the data: reference is not valid text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        let value = match name {
            "HOME" => "/home/ann",
            "WHERE" => "deep/er",
            "EMPTY" => "",
            "KEEP" => "hush\n",
            _ => return None,
        };
        Some(value.into())
    }

    const REFERENCES: References<'static> = References {
        variable: &variable,
        patience: Duration::from_secs(20),
    };

    #[test]
    fn paths_are_filled_in() {
        for (value, path) in [
            ("~/a.creds", "/home/ann/a.creds"),
            ("~", "/home/ann"),
            ("~bob/a", "~bob/a"),
            ("/x/$WHERE/a", "/x/deep/er/a"),
            ("${WHERE}s", "deep/ers"),
            ("$HOME/a", "/home/ann/a"),
            ("file://~/a", "/home/ann/a"),
            ("/x/$NOT/a", "/x//a"),
            ("a$", "a$"),
            ("${open", "${open"),
        ] {
            assert_eq!(REFERENCES.path(value), PathBuf::from(path), "{value}");
        }
    }

    #[test]
    fn values_and_references_become_secrets() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "from a file\r\n").unwrap();
        let in_file = format!("file://{}", file.path().display());
        for (value, secret) in [
            ("plain", "plain"),
            ("http://not/ours", "http://not/ours"),
            ("env://KEEP", "hush"),
            ("data:;base64,aHVzaA==", "hush"),
            ("data:text/plain;base64,aHVzaA==", "hush"),
            (&in_file, "from a file"),
        ] {
            assert_eq!(REFERENCES.secret(value).unwrap().expose(), secret, "{value}");
        }
    }

    #[test]
    fn broken_references_say_what_is_wrong() {
        for (value, what) in [
            ("env://NOT", "variable NOT is not set"),
            ("env://EMPTY", "variable EMPTY is not set"),
            ("file:///no/such/file", "/no/such/file cannot be read"),
            ("data:aHVzaA==", "comma"),
            ("data:,plain", "base64"),
            ("data:;base64,S3CRET!", "not valid base64"),
        ] {
            let error = REFERENCES.secret(value).unwrap_err().to_string();
            assert!(error.contains(what) && !error.contains("S3CRET"), "{error}");
        }
    }
}
