//! Subject patterns: what may be subscribed to, and what a pattern matches. Pure text.

/// Whether `pattern` may be subscribed to; the error is a sentence with what to write instead.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    let bad = |why: &str| Err(refused(pattern, why, "chat.* or chat.>"));
    if pattern.is_empty() {
        return Err("the subject is empty; > subscribes to everything".into());
    }
    if let Some(why) = spelling_fault(pattern) {
        return bad(why);
    }
    if pattern.split('.').rev().skip(1).any(|token| token == ">") {
        return bad("> matches all following tokens; write it last");
    }
    Ok(())
}

/// Whether `subject` may be published to; the error is a sentence.
pub fn check_subject(subject: &str) -> Result<(), String> {
    const EXAMPLE: &str = "/chat/room1 or chat.room1";
    if subject.is_empty() {
        return Err(format!("the subject is empty; write one, for example {EXAMPLE}"));
    }
    if let Some(why) = spelling_fault(subject) {
        return Err(refused(subject, why, EXAMPLE));
    }
    match subject.split('.').find(|token| matches!(*token, "*" | ">")) {
        Some(wildcard) => Err(format!(
            "cannot send to {subject:?}: {wildcard} is for subscribing; name one subject, for example \
             {EXAMPLE}"
        )),
        None => Ok(()),
    }
}

/// What is invalid in any subject.
fn spelling_fault(text: &str) -> Option<&'static str> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some("it contains white space or control characters; write it without them");
    }
    let missing = text.split('.').any(str::is_empty);
    missing.then_some("a token is empty; write tokens between the dots")
}

fn refused(text: &str, why: &str, example: &str) -> String {
    format!("{text:?} is not a valid subject: {why}, for example {example}")
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
        assert!(check_subject("a.>.b").is_err_and(|why| why.contains("is for subscribing")));
        assert!(has_idle_wildcard("/chat/*"));
        assert!(!has_idle_wildcard("chat.*"));
    }

    #[test]
    fn advice_for_subjects_to_send_to_names_no_pattern() {
        for bad in ["", "a b", "a..b", ".a", "a.", "a.*", ">"] {
            let why = check_subject(bad).unwrap_err();
            assert!(why.ends_with("for example /chat/room1 or chat.room1"), "{why}");
            assert!(!why.contains("chat.*") && !why.contains("everything"), "{why}");
        }
        let why = check_pattern("a b").unwrap_err();
        assert!(why.ends_with("for example chat.* or chat.>"), "{why}");
    }
}
