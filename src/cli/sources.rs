//! Where a payload's bytes come from: the value itself, `@FILE`, `@-` (standard input), `@@…` (a literal `@…`).

use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What stands behind `NAME=` on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The text itself.
    Literal(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// Reads the spelling.
    pub fn parse(value: &str) -> Self {
        match value.strip_prefix('@') {
            None => Self::Literal(value.to_owned()),
            Some("-") => Self::Stdin,
            Some(rest) if rest.starts_with('@') => Self::Literal(rest.to_owned()),
            Some(path) => Self::File(path.into()),
        }
    }

    /// Its bytes; the error says what cannot be read.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Literal(text) => Ok(text.clone().into_bytes()),
            Self::File(path) => {
                std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
            }
            Self::Stdin => {
                let mut bytes = Vec::new();
                io::stdin()
                    .lock()
                    .read_to_end(&mut bytes)
                    .map_err(|error| format!("cannot read standard input: {error}"))?;
                Ok(bytes)
            }
        }
    }

    /// The file and its size, if it is an ordinary one.
    pub fn file(&self) -> Option<(&Path, u64)> {
        let Self::File(path) = self else { return None };
        let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some((path, facts.len()))
    }

    /// The file's extension in lower case, `""` without one.
    pub fn extension(&self) -> String {
        let path = match self {
            Self::File(path) => path.as_path(),
            Self::Literal(_) | Self::Stdin => Path::new(""),
        };
        path.extension()
            .map(|extension| extension.to_string_lossy().to_lowercase())
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("the value"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        assert_eq!(Source::parse("a@b"), Source::Literal("a@b".into()));
        assert_eq!(Source::parse("@-"), Source::Stdin);
        assert_eq!(Source::parse("@@home"), Source::Literal("@home".into()));
        assert_eq!(Source::parse("@a.CSV"), Source::File("a.CSV".into()));
        assert_eq!(Source::parse("@a.CSV").extension(), "csv");
        assert_eq!(Source::parse("").read(), Ok(vec![]));
    }
}
