//! Subjects: which are valid, and which subscriptions a published one matches. Independent of clients.

use std::collections::HashMap;

/// Whether a message may be published on it: tokens between dots, none empty, no wildcards, and at most so many of them,
/// which bounds the depth of the tree.
pub fn is_literal(subject: &[u8], most: usize) -> bool {
    tokens_are(subject, most, |token, _| !matches!(token, b"*" | b">"))
}

/// Whether it may be subscribed to: as [`is_literal`], with `*` for a token and `>` for all that follow.
pub fn is_pattern(subject: &[u8], most: usize) -> bool {
    tokens_are(subject, most, |token, last| token != b">" || last)
}

fn tokens_are(subject: &[u8], most: usize, good: impl Fn(&[u8], bool) -> bool) -> bool {
    let mut tokens = subject.split(|&byte| byte == b'.').peekable();
    for _ in 0..most {
        let Some(token) = tokens.next() else { return true };
        if token.is_empty() || !good(token, tokens.peek().is_none()) {
            return false;
        }
    }
    tokens.next().is_none()
}

/// The subscriptions that one subject reaches.
#[derive(Debug)]
pub struct Matched<S> {
    /// Each of these gets the message.
    pub plain: Vec<S>,
    /// Of each of these groups one member gets it.
    pub groups: Vec<Vec<S>>,
}

/// A tree of patterns, one level per token: the subscriptions that end here, and what follows.
#[derive(Debug)]
pub struct Interest<S> {
    plain: Vec<S>,
    groups: HashMap<Box<[u8]>, Vec<S>>,
    literal: HashMap<Box<[u8]>, Self>,
    any: Option<Box<Self>>,
    rest: Option<Box<Self>>,
}

impl<S> Default for Interest<S> {
    fn default() -> Self {
        Self {
            plain: Vec::new(),
            groups: HashMap::new(),
            literal: HashMap::new(),
            any: None,
            rest: None,
        }
    }
}

impl<S: Clone + PartialEq> Interest<S> {
    /// Adds a subscription to a valid pattern.
    pub fn insert(&mut self, pattern: &[u8], queue: Option<&[u8]>, subscription: S) {
        let mut node = self;
        for token in pattern.split(|&byte| byte == b'.') {
            node = match token {
                b"*" => node.any.get_or_insert_default(),
                b">" => node.rest.get_or_insert_default(),
                _ => node.literal.entry(token.into()).or_default(),
            };
        }
        match queue {
            None => node.plain.push(subscription),
            Some(queue) => node.groups.entry(queue.into()).or_default().push(subscription),
        }
    }

    /// Takes a subscription out again; nothing happens if it is not there.
    pub fn remove(&mut self, pattern: &[u8], queue: Option<&[u8]>, subscription: &S) {
        let (token, rest) = split_token(pattern);
        let slot = match token {
            b"*" => self.any.as_deref_mut(),
            b">" => self.rest.as_deref_mut(),
            _ => self.literal.get_mut(token),
        };
        let Some(node) = slot else { return };
        match (rest, queue) {
            (Some(rest), _) => node.remove(rest, queue, subscription),
            (None, None) => take(&mut node.plain, subscription),
            (None, Some(queue)) => {
                if let Some(group) = node.groups.get_mut(queue) {
                    take(group, subscription);
                    if group.is_empty() {
                        node.groups.remove(queue);
                    }
                }
            }
        }
        if !node.is_empty() {
            return;
        }
        match token {
            b"*" => self.any = None,
            b">" => self.rest = None,
            _ => drop(self.literal.remove(token)),
        }
    }

    /// Everything that a published subject reaches.
    pub fn matching(&self, subject: &[u8]) -> Matched<S> {
        let mut found = Matched {
            plain: Vec::new(),
            groups: Vec::new(),
        };
        self.collect(subject, &mut found);
        found
    }

    fn collect(&self, subject: &[u8], found: &mut Matched<S>) {
        let (token, rest) = split_token(subject);
        if let Some(node) = &self.rest {
            node.add_to(found);
        }
        let next = [self.any.as_deref(), self.literal.get(token)];
        for node in next.into_iter().flatten() {
            match rest {
                Some(rest) => node.collect(rest, found),
                None => node.add_to(found),
            }
        }
    }

    fn add_to(&self, found: &mut Matched<S>) {
        found.plain.extend_from_slice(&self.plain);
        found.groups.extend(self.groups.values().cloned());
    }

    fn is_empty(&self) -> bool {
        self.plain.is_empty()
            && self.groups.is_empty()
            && self.literal.is_empty()
            && self.any.is_none()
            && self.rest.is_none()
    }
}

fn take<S: PartialEq>(list: &mut Vec<S>, item: &S) {
    if let Some(at) = list.iter().position(|other| other == item) {
        list.swap_remove(at);
    }
}

fn split_token(subject: &[u8]) -> (&[u8], Option<&[u8]>) {
    match subject.iter().position(|&byte| byte == b'.') {
        Some(dot) => (&subject[..dot], Some(&subject[dot + 1..])),
        None => (subject, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn subjects_are_checked() {
        let is_literal = |subject: &[u8]| is_literal(subject, 4);
        let is_pattern = |subject: &[u8]| is_pattern(subject, 4);
        for good in ["a", "a.b", "/chat/room1", "/chat/*", "a>b", "日本.x", "a*"] {
            assert!(
                is_literal(good.as_bytes()) && is_pattern(good.as_bytes()),
                "{good}"
            );
        }
        for pattern in ["*", ">", "a.*.b", "a.>", "*.>"] {
            assert!(
                !is_literal(pattern.as_bytes()) && is_pattern(pattern.as_bytes()),
                "{pattern}"
            );
        }
        for bad in ["", ".", "a.", ".a", "a..b", "a.>.b", ">.a"] {
            assert!(
                !is_literal(bad.as_bytes()) && !is_pattern(bad.as_bytes()),
                "{bad}"
            );
        }
        assert!(is_pattern(["a"; 4].join(".").as_bytes()));
        assert!(!is_pattern(["a"; 5].join(".").as_bytes()));
    }

    #[test]
    fn of_a_group_one_list_is_found() {
        let mut interest = Interest::default();
        for id in 0..3 {
            interest.insert(b"a.*", Some(b"q"), id);
        }
        interest.insert(b"a.b", None, 9);
        let found = interest.matching(b"a.b");
        assert_eq!((found.plain, found.groups), (vec![9], vec![vec![0, 1, 2]]));
    }

    /// Whether a pattern reaches a subject, written down token by token.
    fn reaches(pattern: &str, subject: &str) -> bool {
        let (mut wanted, mut given) = (pattern.split('.'), subject.split('.'));
        loop {
            match (wanted.next(), given.next()) {
                (Some(">"), Some(_)) | (None, None) => return true,
                (Some(want), Some(got)) if want == "*" || want == got => {}
                _ => return false,
            }
        }
    }

    proptest! {
        #[test]
        fn the_tree_agrees_with_the_definition(
            patterns in proptest::collection::vec("([ab*]\\.){0,3}[ab*>]", 1..20),
            subject in "([ab]\\.){0,3}[ab]",
        ) {
            let mut interest = Interest::default();
            for (id, pattern) in patterns.iter().enumerate() {
                interest.insert(pattern.as_bytes(), None, id);
            }
            let mut found = interest.matching(subject.as_bytes()).plain;
            found.sort_unstable();
            let expected: Vec<usize> =
                (0..patterns.len()).filter(|&id| reaches(&patterns[id], &subject)).collect();
            prop_assert_eq!(found, expected);
            for (id, pattern) in patterns.iter().enumerate() {
                interest.remove(pattern.as_bytes(), None, &id);
            }
            prop_assert!(interest.is_empty());
        }
    }
}
