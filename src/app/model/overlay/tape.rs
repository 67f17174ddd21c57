//! What a tape can be made of, as it is offered to choose from. Data only.

use natsbridge_engine::ConversationId;

/// Messages that can be saved as a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapeScope {
    /// All that are in memory.
    All,
    /// Those that the list shows.
    Shown,
    /// Those with a mark.
    Marked,
    /// The one that is selected, by its number.
    Selected(u64),
    /// Those of one conversation.
    Conversation(ConversationId),
}

impl TapeScope {
    /// What they are called in the list of choices.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "Everything kept",
            Self::Shown => "What the list shows now",
            Self::Marked => "Marked messages",
            Self::Selected(_) => "The selected message",
            Self::Conversation(_) => "The conversation chosen here",
        }
    }

    /// What they are called in a command.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Shown => "shown",
            Self::Marked => "marked",
            Self::Selected(_) => "selected",
            Self::Conversation(_) => "conversation",
        }
    }
}

/// A row of the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapeChoice {
    /// What would be saved.
    pub scope: TapeScope,
    /// How many messages that is.
    pub messages: usize,
}
