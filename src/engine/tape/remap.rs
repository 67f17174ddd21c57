//! Other subjects for replayed messages: `OLD=NEW`, a subject or a pattern.

use crate::subjects::{SubjectError, check_pattern};
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
    #[error("a mapping is OLD=NEW, such as chat.room1=test.room1, chat.>=test.> or /chat/>=test.chat.>")]
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
    /// for all that follows. Beside a slash they stand for what is between slashes: `/chat/>` for all below `/chat/`.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        let (old, new) = text.split_once('=').ok_or(MapError::NoMapping)?;
        check_pattern(old)?;
        check_pattern(new)?;
        let count = |pattern: &str, wanted: Part<'_>| parts(pattern).filter(|part| *part == wanted).count();
        if count(new, Part::One) > count(old, Part::One) {
            return Err(MapError::Stars(old.to_owned(), new.to_owned()));
        }
        if count(new, Part::Rest) > count(old, Part::Rest) {
            return Err(MapError::Tail(old.to_owned(), new.to_owned()));
        }
        Ok(Self {
            old: old.to_owned(),
            new: new.to_owned(),
        })
    }

    /// The other subject, if this mapping is for it.
    pub fn apply(&self, subject: &str) -> Option<String> {
        let (mut rest, mut tail, mut stars) = (subject, None, Vec::new());
        let slashes = self.old.contains("/*") || self.old.contains("*/");
        for part in parts(&self.old) {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text)?,
                Part::One => {
                    let end = rest.find(|c| c == '.' || (slashes && c == '/'));
                    let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
                    stars.push(Some(token).filter(|token| !token.is_empty())?);
                    rest = after;
                }
                Part::Rest => tail = Some(std::mem::take(&mut rest)).filter(|tail| !tail.is_empty()),
            }
        }
        let whole = rest.is_empty() && (tail.is_some() || !parts(&self.old).any(|part| part == Part::Rest));
        let mut stars = stars.into_iter();
        let mapped = parts(&self.new).map(|part| match part {
            Part::Text(text) => text,
            Part::One => stars.next().unwrap_or_default(),
            Part::Rest => tail.unwrap_or_default(),
        });
        whole.then(|| mapped.collect())
    }
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    /// What stands there as it is, with the separators.
    Text(&'a str),
    /// A `*` between separators.
    One,
    /// A `>` behind the last one.
    Rest,
}

/// The parts of a pattern, between dots and slashes.
fn parts(pattern: &str) -> impl Iterator<Item = Part<'_>> {
    pattern.split_inclusive(['.', '/']).flat_map(|piece| {
        let token = piece.trim_end_matches(['.', '/']);
        let (first, after) = match token {
            "*" => (Part::One, &piece[1..]),
            ">" if piece.len() == 1 => (Part::Rest, ""),
            _ => (Part::Text(piece), ""),
        };
        [first, Part::Text(after)]
    })
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
            ("/chat/>=test.chat.>", "/chat/room1", Some("test.chat.room1")),
            ("/chat/>=/test/>", "/chat/room1/x.y", Some("/test/room1/x.y")),
            ("/chat/>=test.chat.>", "/chat/", None),
            ("/chat/>=test.chat.>", "/chatter/room1", None),
            ("/chat/*/in=/test/*/in", "/chat/7/in", Some("/test/7/in")),
            ("/chat/*=/test/*", "/chat/7/in", None),
            ("test.chat.>=/chat/>", "test.chat.room1", Some("/chat/room1")),
            ("a.*=b.*", "a.x/y", Some("b.x/y")),
            ("a.>=b.>", "a", None),
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
