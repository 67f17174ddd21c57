//! The room of everything that lies over the panes: the open overlay, what helps with its prompt, the sheet on top.

use super::overlay::{Overlay, PromptKind};
use super::prompt::{Histories, Prompting};
use crate::model::actions::ViewKind;
use crate::model::inspector::Opened;
use crate::model::messages::{Follow, TextFilter};
use crate::model::typing::LineEdit;
use natsbridge_wire::FilterError;

/// Answers remembered per kind of prompt.
const REMEMBERED: usize = 100;

/// What lies over the panes.
#[derive(Debug, Clone, Default)]
pub struct Overlays {
    /// The overlay, if one is open.
    pub open: Overlay,
    /// What helps with the open prompt.
    pub prompting: Prompting,
    /// The verdict on the text in the prompt: where it is wrong, and why.
    pub verdict: Option<Result<(), FilterError>>,
    /// The answer given last, as long as what came of it is not known.
    pub(crate) answered: Option<(PromptKind, LineEdit)>,
    /// Earlier answers.
    pub histories: Histories,
    /// The title of the sheet over the panes, and the kind of its view.
    pub sheet: Option<(String, Option<ViewKind>)>,
    /// The message mended last, and the title of the sheet that shows it.
    pub mended: Option<(String, Opened)>,
    /// Whether the welcome is shown; it goes with the first key.
    pub welcome: bool,
    /// The step of the tour that waits, while there is one.
    pub tour: Option<usize>,
    /// What was shown before another filter was typed: the filter, the selection, and whether the list followed.
    pub(crate) filter_before: (String, Option<u64>, Follow),
    /// What was selected, and searched for, before another text was searched for.
    pub(crate) search_before: (TextFilter, Option<u64>, Follow),
    /// What came of what is typed so far, a few words.
    pub told: Option<String>,
}

impl Overlays {
    /// The mended message, while its sheet is on top.
    pub fn mended_on_top(&self) -> Option<&Opened> {
        let (title, opened) = self.mended.as_ref()?;
        let (top, _) = self.sheet.as_ref()?;
        (top == title).then_some(opened)
    }

    /// The answer given last to a prompt of that kind.
    pub(crate) fn last_answer(&self, purpose: PromptKind) -> Option<String> {
        let history = self.histories.get(purpose.history()?)?;
        history.front().cloned()
    }

    /// Remembers an answer.
    pub(crate) fn remember(&mut self, purpose: PromptKind, text: &str) {
        let Some(key) = purpose.history().filter(|_| !text.trim().is_empty()) else {
            return;
        };
        let history = self.histories.entry(key.to_owned()).or_default();
        history.retain(|before| before != text);
        history.push_front(text.to_owned());
        history.truncate(REMEMBERED);
    }
}
