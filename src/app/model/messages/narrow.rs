//! What the list is narrowed to by the cursor of Subjects, or to one conversation. Filters are apart from it.

use crate::model::subjects::levels;
use natsbridge_engine::{ConversationId, subject_matches};
use std::sync::Arc;

/// The selection in Subjects that narrows the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ListScope {
    /// Everything.
    #[default]
    All,
    /// Subjects that match a NATS pattern.
    Pattern(String),
    /// Subjects that the stream of that name captures, by these patterns.
    Stream(String, Vec<String>),
    /// Subjects under these levels of the tree.
    Under(Vec<Arc<str>>),
    /// The messages of one conversation.
    Conversation(ConversationId),
}

impl ListScope {
    /// Whether messages of that subject are shown.
    pub fn admits(&self, subject: &str) -> bool {
        match self {
            Self::All | Self::Conversation(_) => true,
            Self::Pattern(pattern) => subject_matches(pattern, subject),
            Self::Stream(_, patterns) => patterns.iter().any(|pattern| subject_matches(pattern, subject)),
            Self::Under(path) => {
                let levels = levels(subject);
                path.len() <= levels.len() && path.iter().zip(levels).all(|(a, b)| **a == *b)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_follows_the_tree_not_the_spelling() {
        let under = ListScope::Under(vec!["chat".into()]);
        assert!(under.admits("/chat/room1") && under.admits("chat.room2") && under.admits("chat"));
        assert!(!under.admits("chatter.a") && !under.admits("a.chat"));
    }
}
