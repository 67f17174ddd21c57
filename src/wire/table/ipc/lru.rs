//! A least-recently-used cache with a limit in bytes.

use std::collections::BTreeMap;

/// Values by ordered keys, each with its weight in bytes.
#[derive(Debug)]
pub(super) struct Lru<K, V> {
    entries: BTreeMap<K, Entry<V>>,
    weight: usize,
    most: usize,
    looks: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    weight: usize,
    looked: u64,
}

impl<K: Ord + Copy, V: Clone> Lru<K, V> {
    /// Holds up to `most` bytes, and at least the latest entry.
    pub fn new(most: usize) -> Self {
        Self {
            entries: BTreeMap::new(),
            weight: 0,
            most,
            looks: 0,
        }
    }

    /// The entry with the greatest key that is not above `key`.
    pub fn at_or_before(&mut self, key: K) -> Option<(K, V)> {
        self.looks += 1;
        let (key, entry) = self.entries.range_mut(..=key).next_back()?;
        entry.looked = self.looks;
        Some((*key, entry.value.clone()))
    }

    /// Keeps a value; older ones make room.
    pub fn keep(&mut self, key: K, weight: usize, value: V) {
        self.remove(key);
        while !self.entries.is_empty() && self.weight.saturating_add(weight) > self.most {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.looked);
            let Some(oldest) = oldest.map(|(key, _)| *key) else {
                break;
            };
            self.remove(oldest);
        }
        self.looks += 1;
        self.weight = self.weight.saturating_add(weight);
        let looked = self.looks;
        self.entries.insert(
            key,
            Entry {
                value,
                weight,
                looked,
            },
        );
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.weight = 0;
    }

    fn remove(&mut self, key: K) {
        if let Some(entry) = self.entries.remove(&key) {
            self.weight -= entry.weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_not_looked_at_for_longest_makes_room() {
        let mut lru = Lru::new(10);
        lru.keep(10, 4, "a");
        lru.keep(20, 4, "b");
        assert_eq!(lru.at_or_before(15), Some((10, "a")));
        lru.keep(30, 4, "c");
        assert_eq!(lru.at_or_before(29), Some((10, "a")), "b is gone");
        assert_eq!(lru.at_or_before(5), None);
        lru.keep(40, 99, "whole");
        assert_eq!(lru.at_or_before(39), None);
        assert_eq!(lru.at_or_before(40), Some((40, "whole")));
    }
}
