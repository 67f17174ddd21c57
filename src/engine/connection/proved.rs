//! What the broker was found to permit on a connection. Whether it does is found out by the connection.

use crate::connect::Denial;
use std::collections::HashSet;

/// Subjects kept; whoever uses more waits for the first of them again.
const MOST: usize = 4096;

/// Subjects that the broker did not complain of, by the denial that did not come.
#[derive(Debug, Default)]
pub(super) struct Proved {
    /// The connection that they were tried on: the next one may be allowed less.
    connects: u64,
    subjects: HashSet<Denial>,
}

impl Proved {
    /// Whether it was tried on this connection.
    pub(super) fn contains(&self, connects: u64, denial: &Denial) -> bool {
        self.connects == connects && self.subjects.contains(denial)
    }

    /// Takes note that it was.
    pub(super) fn insert(&mut self, connects: u64, denial: Denial) {
        if self.connects != connects || self.subjects.len() >= MOST {
            self.subjects.clear();
        }
        self.connects = connects;
        self.subjects.insert(denial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_connection_proves_nothing() {
        let denial = |subject: &str| Denial {
            publish: true,
            subject: subject.to_owned(),
        };
        let mut proved = Proved::default();
        proved.insert(1, denial("a"));
        proved.insert(1, denial("b"));
        assert!(proved.contains(1, &denial("a")) && proved.contains(1, &denial("b")));
        assert!(!proved.contains(2, &denial("a")));
        proved.insert(2, denial("c"));
        assert!(!proved.contains(2, &denial("a")) && proved.contains(2, &denial("c")));
    }
}
