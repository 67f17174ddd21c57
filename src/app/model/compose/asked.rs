//! The prompts of the Compose pane: titles and hints.

/// What a prompt of the pane asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The file of a payload, a new one if `None`.
    PayloadFile(Option<usize>),
    /// What is on the clipboard, for a payload, a new one if `None`.
    Paste(Option<usize>),
    /// Where to save the draft.
    SaveDraft,
    /// Which draft to load.
    LoadDraft,
    /// Where to save the text being looked at.
    SaveText,
    /// What is answered with the message.
    Arm,
}

impl Asked {
    /// The prompt's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::PayloadFile(_) => "Payload file",
            Self::Paste(_) => "Paste now",
            Self::SaveDraft => "Save draft as",
            Self::LoadDraft => "Load draft",
            Self::SaveText => "Save text as",
            Self::Arm => "Answer requests on",
        }
    }

    /// One sentence about what may be typed.
    pub fn advice(self) -> &'static str {
        match self {
            Self::PayloadFile(_) => "A path; Tab completes. The file is read when the message is sent.",
            Self::Paste(_) => "Paste as usual in your terminal, often Ctrl+Shift+V or Shift+Insert.",
            Self::SaveDraft => "A new .toml or .json file, or the one it was loaded from; Tab completes.",
            Self::LoadDraft => "A .toml or .json draft file; Tab completes.",
            Self::SaveText => "A file that does not exist yet.",
            Self::Arm => "A subject or pattern, then optionally a delay and a count: orders.* 200ms 5",
        }
    }

    /// Whether it asks for a path.
    pub fn is_path(self) -> bool {
        !matches!(self, Self::Paste(_) | Self::Arm)
    }
}
