//! Subjects taken apart and compared: tokens for the tree, NATS patterns for narrowing.

/// Levels of the tree; what lies deeper stays together in the last one.
const MAX_DEPTH: usize = 16;

/// The levels of a subject: split on `.` and `/`, empty ones left out.
pub fn levels(subject: &str) -> Vec<&str> {
    let mut levels = Vec::new();
    let mut rest = subject.trim_start_matches(['.', '/']);
    while !rest.is_empty() {
        match rest.find(['.', '/']) {
            Some(at) if levels.len() + 1 < MAX_DEPTH => {
                levels.push(&rest[..at]);
                rest = rest[at..].trim_start_matches(['.', '/']);
            }
            _ => {
                levels.push(rest);
                break;
            }
        }
    }
    if levels.is_empty() {
        levels.push(subject);
    }
    levels
}

/// Whether a subject matches a pattern as NATS does: tokens between dots, `*` for one, `>` for one or more at the end.
pub fn matches(pattern: &str, subject: &str) -> bool {
    let mut tokens = subject.split('.');
    let mut wanted = pattern.split('.').peekable();
    while let Some(want) = wanted.next() {
        let token = tokens.next();
        match (want, token) {
            (">", Some(_)) if wanted.peek().is_none() => return true,
            ("*", Some(_)) => {}
            (want, Some(token)) if want == token => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

/// What keeps a pattern from being subscribed to, as a sentence.
pub fn pattern_fault(pattern: &str) -> Option<&'static str> {
    if pattern.is_empty() {
        return Some("A subject must not be empty.");
    }
    if pattern.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some("A subject must not contain spaces or control characters.");
    }
    if pattern.split('.').any(str::is_empty) {
        return Some("A subject must not start or end with a dot, or have two in a row.");
    }
    let last = pattern.split('.').count() - 1;
    if pattern
        .split('.')
        .enumerate()
        .any(|(i, token)| token == ">" && i < last)
    {
        return Some("\">\" may only stand at the end of a subject.");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_have_levels() {
        assert_eq!(levels("/chat/room1"), ["chat", "room1"]);
        assert_eq!(levels("a.b.c"), ["a", "b", "c"]);
        assert_eq!(levels("/"), ["/"]);
        assert_eq!(levels("a//b."), ["a", "b"]);
        let deep = ["x"; 100].join(".");
        assert_eq!(levels(&deep).len(), MAX_DEPTH);
    }

    #[test]
    fn patterns_match_as_in_nats() {
        for (pattern, subject, expected) in [
            (">", "a.b", true),
            ("a.>", "a", false),
            ("a.>", "a.b.c", true),
            ("a.*.c", "a.b.c", true),
            ("a.*", "a.b.c", false),
            ("/chat/*", "/chat/room1", false),
            ("a.b", "a.b", true),
        ] {
            assert_eq!(matches(pattern, subject), expected, "{pattern} {subject}");
        }
    }

    #[test]
    fn faulty_patterns_are_told() {
        assert!(pattern_fault("a.>").is_none());
        for bad in ["", "a b", "a..b", ".a", "a.>.b"] {
            assert!(pattern_fault(bad).is_some(), "{bad}");
        }
    }
}
