//! Other subjects for replayed messages: `OLD=NEW`, a subject or a pattern.

use crate::subjects::{SubjectError, check_pattern, subject_matches};
use std::fmt;

/// Where messages of some subjects go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectMapping {
    old: String,
    new: String,
}

/// Why a text is no mapping of subjects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Nothing is mapped.
    #[error("a mapping is OLD=NEW, such as chat.room1=test.room1 or chat.>=test.>")]
    NoMapping,
    /// One of its sides is no pattern.
    #[error(transparent)]
    Pattern(#[from] SubjectError),
    /// More `*` in NEW than in OLD.
    #[error("{1} has more * than {0}, so there is nothing to put in place of the last ones")]
    Stars(String, String),
    /// A `>` in NEW alone.
    #[error("{1} ends in >, but {0} does not, so there is nothing to put in its place")]
    Tail(String, String),
}

impl fmt::Display for SubjectMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.old, self.new)
    }
}

impl SubjectMapping {
    /// Reads `OLD=NEW`. A `*` in OLD stands for one token and may be used in NEW as often; a `>` at the end of both stands
    /// for all that follows.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        let (old, new) = text.split_once('=').ok_or(MapError::NoMapping)?;
        check_pattern(old)?;
        check_pattern(new)?;
        let stars = |pattern: &str| pattern.split('.').filter(|token| *token == "*").count();
        let tail = |pattern: &str| pattern.split('.').next_back() == Some(">");
        if stars(new) > stars(old) {
            return Err(MapError::Stars(old.to_owned(), new.to_owned()));
        }
        if tail(new) && !tail(old) {
            return Err(MapError::Tail(old.to_owned(), new.to_owned()));
        }
        Ok(Self {
            old: old.to_owned(),
            new: new.to_owned(),
        })
    }

    /// The other subject, if this mapping is for it.
    pub fn apply(&self, subject: &str) -> Option<String> {
        if !subject_matches(&self.old, subject) {
            return None;
        }
        let (old, tokens): (Vec<&str>, Vec<&str>) =
            (self.old.split('.').collect(), subject.split('.').collect());
        let mut stars = old
            .iter()
            .zip(&tokens)
            .filter(|(old, _)| **old == "*")
            .map(|(_, token)| *token);
        let mut mapped: Vec<&str> = Vec::new();
        for token in self.new.split('.') {
            match token {
                "*" => mapped.extend(stars.next()),
                ">" => mapped.extend(tokens.iter().skip(old.len() - 1)),
                token => mapped.push(token),
            }
        }
        Some(mapped.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_and_patterns_are_mapped() {
        for (map, subject, mapped) in [
            ("a=b", "a", Some("b")),
            ("a=b", "a.c", None),
            ("a.>=b.>", "a.c.d", Some("b.c.d")),
            (">=test.>", "a.c", Some("test.a.c")),
            ("a.*.c=x.*", "a.1.c", Some("x.1")),
            ("*.*=n.*.*", "1.2", Some("n.1.2")),
            ("a.>=b", "a.c.d", Some("b")),
            ("/chat/room1=/test/room1", "/chat/room1", Some("/test/room1")),
        ] {
            let map = SubjectMapping::parse(map).unwrap();
            assert_eq!(map.apply(subject).as_deref(), mapped, "{map:?} {subject}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in ["", "a", "=b", "a=", "a b=c", "a=*", "a.*=*.*", "a=b.>", "a.*=b.>"] {
            assert!(SubjectMapping::parse(bad).is_err(), "{bad}");
        }
    }
}
