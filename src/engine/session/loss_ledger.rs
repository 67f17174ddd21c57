//! The ledger of one client: what it received from the broker against what happened to it. Pure arithmetic.
//!
//! The client counts a message before it queues it, so a plain difference would count waiting messages as dropped.
//! The ledger compares what had been received when the queues were last empty with what is accounted for when they
//! are empty again: it never overstates, and is exact as soon as nothing moves.

/// The counts of one client.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    accounted: u64,
    taken_last_round: u64,
    dropped: u64,
    excused: u64,
    settling: bool,
}

impl Ledger {
    /// Records that `messages` received by the client were handled (stored, or recognised as copies).
    pub(super) fn account(&mut self, messages: u64) {
        self.accounted += messages;
    }

    /// Records that a subscription ended: what still arrives for it is not a loss.
    pub(super) fn settle(&mut self) {
        self.settling = true;
    }

    /// Says that all queues were seen empty when the client had taken `taken`. `calm` means that this was long
    /// enough after the last [`Ledger::settle`] for stragglers to have arrived.
    pub(super) fn round(&mut self, taken: u64, calm: bool) {
        let still = taken == self.taken_last_round;
        let missing = self
            .taken_last_round
            .saturating_sub(self.accounted + self.excused);
        self.taken_last_round = taken;
        if !self.settling {
            self.dropped = if still { missing } else { self.dropped.max(missing) };
        } else if still && calm {
            self.excused += missing.saturating_sub(self.dropped);
            self.settling = false;
        }
    }

    /// Says that the client is gone after it had taken `taken` and its queues were emptied; exact from here on.
    pub(super) fn finish(&mut self, taken: u64) {
        self.taken_last_round = taken;
        self.round(taken, true);
    }

    /// Messages dropped between the client and us.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_not_dropped() {
        let mut ledger = Ledger::default();
        ledger.account(3);
        ledger.round(10, true);
        assert_eq!(ledger.dropped(), 0, "seven may still be on their way");
        ledger.account(7);
        ledger.round(10, true);
        assert_eq!(ledger.dropped(), 0);
    }

    #[test]
    fn loss_is_exact_once_nothing_moves() {
        let mut ledger = Ledger::default();
        ledger.account(6);
        ledger.round(10, true);
        ledger.round(10, true);
        assert_eq!(ledger.dropped(), 4);
        ledger.account(1);
        ledger.round(11, true);
        ledger.round(11, true);
        assert_eq!(ledger.dropped(), 4);
    }

    #[test]
    fn under_load_it_never_overstates_nor_goes_back() {
        let mut ledger = Ledger::default();
        let mut last = 0;
        for round in 1..100u64 {
            ledger.account(8);
            ledger.round(round * 10, true);
            assert!(ledger.dropped() <= round * 2);
            assert!(ledger.dropped() >= last);
            last = ledger.dropped();
        }
        ledger.finish(990);
        assert_eq!(ledger.dropped(), 198);
    }

    #[test]
    fn stragglers_of_an_ended_subscription_are_excused() {
        let mut ledger = Ledger::default();
        ledger.account(10);
        ledger.round(12, true);
        ledger.round(12, true);
        assert_eq!(ledger.dropped(), 2);
        ledger.settle();
        ledger.round(17, false);
        ledger.round(17, false);
        assert_eq!(ledger.dropped(), 2);
        ledger.round(17, true);
        ledger.round(17, true);
        assert_eq!(ledger.dropped(), 2);
        ledger.round(20, true);
        ledger.round(20, true);
        assert_eq!(ledger.dropped(), 5);
    }
}
