//! Splitting subjects into the levels of the tree.

/// Depth of the tree; anything deeper stays together in the last level.
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
}
