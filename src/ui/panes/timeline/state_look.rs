//! How states, peers and clock differences look: never by colour alone.

use crate::look::Role;
use natsbridge_engine::{ConversationMessage, ConversationState, Direction};
use natsbridge_wire::Limits;

/// The mark beside a state's word, and its role.
pub fn state_look(state: ConversationState) -> (&'static str, Role) {
    use ConversationState as State;
    match state {
        State::NoResponders | State::ConnectionLost | State::TimedOut | State::Nack => ("✖", Role::Bad),
        State::UnknownRequest | State::Unanswered | State::Late | State::AnsweredTwice | State::Duplicate => {
            ("▲", Role::Caution)
        }
        State::Cancelled => ("–", Role::Dim),
        State::Open => ("◌", Role::Accent),
        State::Answered => ("✔", Role::Good),
        State::OneWay => ("·", Role::Dim),
    }
}

/// The role of a peer's lane.
pub fn lane_role(lane: usize) -> Role {
    [Role::Lane1, Role::Lane2, Role::Lane3, Role::Lane4][lane % 4]
}

/// The word for the transfer of a link.
pub fn transfer_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Upload => "upload",
        Direction::Download => "fetch",
    }
}

/// Whether the sender's clock is far enough off to be worth mentioning.
pub fn is_skewed(message: &ConversationMessage, limits: &Limits) -> bool {
    let delta = message.stamp.delta_us(message.at_us);
    delta.is_some_and(|us| u128::from(us.unsigned_abs()) > limits.timeline_skew.as_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_glows_and_nothing_else_does() {
        for state in ConversationState::ALL {
            let (mark, role) = state_look(*state);
            assert!(!mark.is_empty());
            assert_eq!(
                matches!(role, Role::Bad | Role::Caution),
                state.is_problem(),
                "{state:?}"
            );
        }
    }
}
