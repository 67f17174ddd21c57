//! The sets of codes found in messages, each kept once: most messages have the same few. A row names its set by number.

use crate::message::Codes;
use std::collections::HashMap;
use std::num::NonZeroU16;

/// The number of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodesId(NonZeroU16);

/// What stands for all sets that there was no number for.
const OTHER: CodesId = CodesId(NonZeroU16::MAX);

/// Every set found so far.
#[derive(Debug, Default)]
pub(super) struct FoundCodes {
    sets: Vec<Codes>,
    ids: HashMap<Codes, CodesId>,
}

impl FoundCodes {
    /// The number of a set.
    pub(super) fn id(&mut self, codes: Codes) -> CodesId {
        if let Some(id) = self.ids.get(&codes) {
            return *id;
        }
        let next = u16::try_from(self.sets.len() + 1).ok().and_then(NonZeroU16::new);
        let Some(id) = next.map(CodesId).filter(|id| *id != OTHER) else {
            return OTHER;
        };
        self.sets.push(codes);
        self.ids.insert(codes, id);
        id
    }

    /// The set of that number; `None` if there was none left for it, so that the message has to be examined again.
    pub(super) fn codes(&self, id: CodesId) -> Option<Codes> {
        self.sets.get(usize::from(id.0.get()) - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use natsbridge_wire::Code;

    #[test]
    fn sets_are_kept_once_and_never_too_many() {
        let mut found = FoundCodes::default();
        let set = |number: u32| -> Codes {
            let codes = Code::ALL.iter().enumerate();
            let codes = codes.filter(|(at, _)| *at < 32 && number & (1 << at) != 0);
            codes.map(|(_, code)| *code).collect()
        };
        let empty = found.id(set(0));
        assert_eq!(found.id(set(0)), empty);
        for number in 0..70_000 {
            let id = found.id(set(number));
            match found.codes(id) {
                Some(codes) => assert_eq!(codes, set(number)),
                None => assert_eq!(id, OTHER),
            }
        }
        assert_eq!(found.sets.len(), usize::from(u16::MAX) - 1);
        assert_eq!(found.codes(empty), Some(Codes::default()));
    }
}
