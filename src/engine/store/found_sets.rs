//! What was found in messages, each outcome kept once: most messages have the same few. A message names its outcome by number.

use crate::message::{Codes, Found};
use std::collections::HashMap;
use std::num::NonZeroU16;

/// The number of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoundId(NonZeroU16);

/// What stands for all outcomes that there was no number for.
const OTHER: FoundId = FoundId(NonZeroU16::MAX);

/// Every outcome so far.
#[derive(Debug, Default)]
pub(super) struct FoundSets {
    sets: Vec<Found>,
    ids: HashMap<(Codes, [u8; 3]), FoundId>,
}

impl FoundSets {
    /// The number of an outcome.
    pub(super) fn id(&mut self, found: Found) -> FoundId {
        let key = (found.codes, found.counts);
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let next = u16::try_from(self.sets.len() + 1).ok().and_then(NonZeroU16::new);
        let Some(id) = next.map(FoundId).filter(|id| *id != OTHER) else {
            return OTHER;
        };
        self.sets.push(found);
        self.ids.insert(key, id);
        id
    }

    /// The outcome of that number; `None` if there was none left for it, so that the message has to be examined again.
    pub(super) fn found(&self, id: FoundId) -> Option<Found> {
        self.sets.get(usize::from(id.0.get()) - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::Code;

    #[test]
    fn outcomes_are_kept_once_and_never_too_many() {
        let mut sets = FoundSets::default();
        let found = |number: u32| -> Found {
            let codes = Code::ALL.iter().enumerate();
            let codes = codes.filter(|(at, _)| *at < 32 && number & (1 << at) != 0);
            Found {
                counts: [number as u8, 0, 1],
                codes: codes.map(|(_, code)| *code).collect(),
            }
        };
        let empty = sets.id(found(0));
        assert_eq!(sets.id(found(0)), empty);
        for number in 0..70_000 {
            let id = sets.id(found(number));
            match sets.found(id) {
                Some(kept) => assert_eq!(kept, found(number)),
                None => assert_eq!(id, OTHER),
            }
        }
        assert_eq!(sets.sets.len(), usize::from(u16::MAX) - 1);
        assert_eq!(sets.found(empty), Some(found(0)));
    }
}
