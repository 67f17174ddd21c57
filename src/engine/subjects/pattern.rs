//! Subject patterns: what may be subscribed to, and what a pattern matches. Pure text.

/// Why a text is not a subject, or not a pattern; a sentence with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// It is empty.
    #[error("the subject is empty; {0}")]
    Empty(&'static str),
    /// One that no broker accepts.
    #[error("{subject:?} is not a valid subject: {why}, for example {example}")]
    Invalid {
        /// The subject, or the pattern.
        subject: String,
        /// What is invalid and what to write.
        why: &'static str,
        /// What one may look like.
        example: &'static str,
    },
    /// A subject to send to with a wildcard.
    #[error(
        "cannot send to {subject:?}: {wildcard} is for subscribing; name one subject, for example {SUBJECTS}"
    )]
    Wildcard {
        /// The subject.
        subject: String,
        /// `*` or `>`.
        wildcard: String,
    },
}

/// What a pattern may look like.
const PATTERNS: &str = "chat.* or chat.>";
/// What a subject to send to may look like.
const SUBJECTS: &str = "/chat/room1 or chat.room1";

/// Whether `pattern` may be subscribed to.
pub fn check_pattern(pattern: &str) -> Result<(), SubjectError> {
    if pattern.is_empty() {
        return Err(SubjectError::Empty("> subscribes to everything"));
    }
    check_spelling(pattern, PATTERNS)?;
    if pattern.split('.').rev().skip(1).any(|token| token == ">") {
        return Err(SubjectError::Invalid {
            subject: pattern.to_owned(),
            why: "> matches all following tokens; write it last",
            example: PATTERNS,
        });
    }
    Ok(())
}

/// Whether `subject` may be published to.
pub fn check_subject(subject: &str) -> Result<(), SubjectError> {
    if subject.is_empty() {
        return Err(SubjectError::Empty(
            "write one, for example /chat/room1 or chat.room1",
        ));
    }
    check_spelling(subject, SUBJECTS)?;
    match subject.split('.').find(|token| matches!(*token, "*" | ">")) {
        Some(wildcard) => Err(SubjectError::Wildcard {
            subject: subject.to_owned(),
            wildcard: wildcard.to_owned(),
        }),
        None => Ok(()),
    }
}

/// Refuses what is invalid in any subject.
fn check_spelling(subject: &str, example: &'static str) -> Result<(), SubjectError> {
    let why = if subject.chars().any(|c| c.is_whitespace() || c.is_control()) {
        "it contains white space or control characters; write it without them"
    } else if subject.split('.').any(str::is_empty) {
        "a token is empty; write tokens between the dots"
    } else {
        return Ok(());
    };
    Err(SubjectError::Invalid {
        subject: subject.to_owned(),
        why,
        example,
    })
}

/// Whether a wildcard in `pattern` has no effect because it is not a whole token, as in `/chat/*`.
pub(crate) fn has_idle_wildcard(pattern: &str) -> bool {
    pattern
        .split('.')
        .any(|token| token.len() > 1 && token.contains('/') && token.ends_with(['*', '>']))
}

/// Whether a message on `subject` is delivered to a subscription to `pattern`.
pub fn subject_matches(pattern: &str, subject: &str) -> bool {
    let mut tokens = subject.split('.');
    for expected in pattern.split('.') {
        match (expected, tokens.next()) {
            (">", token) => return token.is_some(),
            ("*", Some(_)) => {}
            (expected, Some(token)) if expected == token => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_the_broker_does() {
        for (pattern, subject, expected) in [
            ("a", "a", true),
            ("a", "a.b", false),
            ("a.b", "a", false),
            ("*", "a", true),
            ("*", "a.b", false),
            ("a.*.c", "a.b.c", true),
            (">", "a.b.c", true),
            ("a.>", "a", false),
            ("a.>", "a.b.c", true),
            ("/chat/*", "/chat/room1", false),
            ("/chat/*", "/chat/*", true),
        ] {
            assert_eq!(subject_matches(pattern, subject), expected, "{pattern} {subject}");
        }
    }

    #[test]
    fn patterns_are_checked() {
        for good in [">", "*", "a.*.b", "a.>", "/chat/room1", "a>b", "é"] {
            assert_eq!(check_pattern(good), Ok(()));
        }
        for bad in ["", "a b", "a..b", ".a", "a.", "a.>.b", "a\u{1b}"] {
            assert!(check_pattern(bad).is_err(), "{bad:?}");
        }
        assert!(check_subject("a.b").is_ok());
        assert!(check_subject("a.*").is_err());
        assert!(check_subject("a.>.b").is_err_and(|why| why.to_string().contains("is for subscribing")));
        assert!(has_idle_wildcard("/chat/*"));
        assert!(!has_idle_wildcard("chat.*"));
    }

    #[test]
    fn advice_for_subjects_to_send_to_names_no_pattern() {
        for bad in ["", "a b", "a..b", ".a", "a.", "a.*", ">"] {
            let why = check_subject(bad).unwrap_err().to_string();
            assert!(why.ends_with("for example /chat/room1 or chat.room1"), "{why}");
            assert!(!why.contains("chat.*") && !why.contains("everything"), "{why}");
        }
        let why = check_pattern("a b").unwrap_err().to_string();
        assert!(why.ends_with("for example chat.* or chat.>"), "{why}");
    }
}
