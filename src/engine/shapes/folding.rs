//! Subjects whose tokens change with each device, session or request: which of them differ in one token only. Whether their
//! shapes agree is asked by the learner.

use std::collections::HashMap;
use std::sync::Arc;

/// So many subjects that differ in one token become one.
pub(super) const ALIKE: usize = 8;
/// Tokens of a subject that is folded.
const TOKENS: usize = 16;
/// Patterns that are watched at most; then those are forgotten.
const WATCHED: usize = 32_768;

/// What stands for any token.
const ANY: &str = "*";

/// Whether it ends a token: NATS has dots, NATSBridge's subjects slashes.
fn ends(c: char) -> bool {
    matches!(c, '.' | '/')
}

/// The subject with each of its tokens in turn replaced by `*`.
pub(super) fn patterns(subject: &str) -> Vec<String> {
    let mut starts = vec![0];
    starts.extend(subject.match_indices(ends).map(|(at, _)| at + 1));
    if starts.len() > TOKENS {
        return Vec::new();
    }
    let replaced = starts.iter().filter_map(|start| {
        let end = subject[*start..]
            .find(ends)
            .map_or(subject.len(), |end| start + end);
        let token = &subject[*start..end];
        // The first token names what it is about, and an empty one is none.
        let folds = *start > 0 && !token.is_empty() && token != ANY;
        folds.then(|| format!("{}{ANY}{}", &subject[..*start], &subject[end..]))
    });
    replaced.collect()
}

/// Whether the pattern stands for the subject: `*` for one token, `>` for the rest.
pub fn stands_for(pattern: &str, subject: &str) -> bool {
    let (mut tokens, mut others) = (pattern.split_inclusive(ends), subject.split_inclusive(ends));
    loop {
        match (tokens.next(), others.next()) {
            (None, None) | (Some(">"), Some(_)) => return true,
            (Some(token), Some(other)) if token == other => {}
            (Some(token), Some(other)) => {
                let (name, end) = split(token);
                let (text, other_end) = split(other);
                if name != ANY || end != other_end || text.is_empty() {
                    return false;
                }
            }
            (None, Some(_)) | (Some(_), None) => return false,
        }
    }
}

fn split(token: &str) -> (&str, &str) {
    let at = token.rfind(ends).unwrap_or(token.len());
    token.split_at(at)
}

/// The subjects that each pattern would stand for.
#[derive(Debug, Default)]
pub(super) struct Alike {
    subjects: HashMap<String, Vec<Arc<str>>>,
}

impl Alike {
    /// Notes a subject; returns each pattern with the subjects that it stands for, where there are enough.
    pub(super) fn note(&mut self, subject: &Arc<str>) -> Vec<(String, Vec<Arc<str>>)> {
        if self.subjects.len() > WATCHED {
            self.subjects.clear();
        }
        let mut enough = Vec::new();
        for pattern in patterns(subject) {
            let alike = self.subjects.entry(pattern.clone()).or_default();
            alike.push(subject.clone());
            if alike.len() >= ALIKE {
                enough.push((pattern, alike.clone()));
                // Those that did not agree are not asked again; the next ones may.
                alike.clear();
            }
        }
        enough
    }

    /// Bytes that it takes, about.
    pub(super) fn bytes(&self) -> usize {
        self.subjects.len() * 160
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_replaced_one_at_a_time() {
        assert_eq!(
            patterns("device.17.status"),
            ["device.*.status", "device.17.*"].map(str::to_owned)
        );
        assert_eq!(
            patterns("/agent/a/api"),
            ["/*/a/api", "/agent/*/api", "/agent/a/*"].map(str::to_owned)
        );
        assert!(patterns("alone").is_empty());
    }

    #[test]
    fn a_pattern_stands_for_one_token_each() {
        for (pattern, subject, stands) in [
            ("device.*.status", "device.17.status", true),
            ("device.*.status", "device.17.x.status", false),
            ("device.*.status", "device..status", false),
            ("/a/*/b", "/a/x/b", true),
            ("a.*", "a.b", true),
            ("a.*", "a/b", false),
            ("a.>", "a.b.c", true),
            ("a", "a", true),
            ("a.b", "a", false),
        ] {
            assert_eq!(stands_for(pattern, subject), stands, "{pattern} {subject}");
        }
    }
}
