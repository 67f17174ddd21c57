//! Where a payload's bytes come from: the value itself, `@FILE`, `@-` (standard input), `@@…` (a literal `@…`).

use std::io::{self, Read};
use std::path::PathBuf;

/// What follows `NAME=` on the command line.
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
}

/// All of standard input; the error says why it cannot be read.
pub fn standard_input() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read standard input: {error}"))?;
    Ok(bytes)
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
    }
}
