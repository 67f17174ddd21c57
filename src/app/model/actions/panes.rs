//! The panes by name and order; how they look is defined by the screen.

/// A pane of the workbench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    /// Subscriptions and the tree of subjects.
    Subjects,
    /// The list of messages.
    #[default]
    Messages,
    /// One message, decoded.
    Inspector,
    /// Conversations: requests and their answers.
    Timeline,
    /// A message being written.
    Compose,
}

impl Pane {
    /// All panes, in focus order.
    pub const ALL: &[Self] = &[
        Self::Subjects,
        Self::Messages,
        Self::Inspector,
        Self::Timeline,
        Self::Compose,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Subjects => "Subjects",
            Self::Messages => "Messages",
            Self::Inspector => "Inspector",
            Self::Timeline => "Timeline",
            Self::Compose => "Compose",
        }
    }

    /// The pane `steps` further in focus order, wrapping around.
    #[must_use]
    pub fn step(self, steps: usize) -> Self {
        Self::ALL[(self as usize + steps) % Self::ALL.len()]
    }
}
