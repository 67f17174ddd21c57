//! A tour of the workbench on the demo's traffic: one step at a time, each waiting for what it names.

use super::actions::{Action, Pane};
use super::overlay::Overlay;
use super::state::State;

/// One step.
#[derive(Debug, Clone, Copy)]
pub struct TourStep {
    /// The action whose key is named first.
    pub action: Action,
    /// What it does and what there is to see.
    pub text: &'static str,
    ends: StepEnd,
}

/// When a step was taken.
#[derive(Debug, Clone, Copy)]
enum StepEnd {
    /// Once its action was done.
    Done,
    /// Once this holds.
    Holds(fn(&State) -> bool),
}

impl TourStep {
    /// Whether it was taken: by an action that was done just now, or by how things stand.
    pub(crate) fn is_taken(&self, state: &State, did: Option<Action>) -> bool {
        match self.ends {
            StepEnd::Done => did == Some(self.action),
            StepEnd::Holds(holds) => holds(state),
        }
    }
}

const BACK_TO_LIST: TourStep = TourStep {
    action: Action::FocusMessages,
    text: "Goes back to the list.",
    ends: StepEnd::Holds(|state| state.focus.pane == Pane::Messages),
};

/// The steps, in order. The last one stays until the tour is left.
pub const TOUR: &[TourStep] = &[
    TourStep {
        action: Action::Follow,
        text: "Messages are listed as they arrive, the selected one decoded beside them. This holds the list still; what arrives is kept.",
        ends: StepEnd::Holds(|state| !state.messages.following()),
    },
    TourStep {
        action: Action::Filter,
        text: "Filters the list. Type: subject=/data/prices and press Enter.",
        ends: StepEnd::Holds(|state| filtered(state, "prices")),
    },
    TourStep {
        action: Action::Top,
        text: "Goes to the first that is left; arrows or j and k go on from there.",
        ends: StepEnd::Holds(chosen),
    },
    TourStep {
        action: Action::Open,
        text: "Goes into the selected message: a table that Python sent as Arrow.",
        ends: StepEnd::Holds(|state| state.focus.pane == Pane::Inspector),
    },
    TourStep {
        action: Action::SortRows,
        text: "Arrows walk through the cells. This sorts by the column under the cursor, once more the other way round.",
        ends: StepEnd::Done,
    },
    BACK_TO_LIST,
    TourStep {
        action: Action::Filter,
        text: "Another filter, by what a message holds. Type: kind=image and press Enter (Ctrl+U clears the line).",
        ends: StepEnd::Holds(|state| filtered(state, "image")),
    },
    TourStep {
        action: Action::Top,
        text: "Goes to the first again.",
        ends: StepEnd::Holds(chosen),
    },
    TourStep {
        action: Action::Open,
        text: "Goes into a message of several payloads: a page of all of them, then one tab for each.",
        ends: StepEnd::Holds(|state| state.focus.pane == Pane::Inspector),
    },
    TourStep {
        action: Action::NextTab,
        text: "Shows the first payload alone. On the page and in its tab a picture is drawn, and a link waits for Enter to be fetched.",
        ends: StepEnd::Done,
    },
    TourStep {
        action: Action::FocusTimeline,
        text: "Goes to the conversations: requests and answers, by correlation id.",
        ends: StepEnd::Holds(|state| state.focus.pane == Pane::Timeline),
    },
    TourStep {
        action: Action::Open,
        text: "Opens one: who asked whom, when, and how long the answer took.",
        ends: StepEnd::Holds(|state| state.timeline.open.is_some()),
    },
    TourStep {
        action: Action::Resend,
        text: "Takes the selected message as a draft, every field of it: change what you like.",
        ends: StepEnd::Done,
    },
    TourStep {
        action: Action::SendMessage,
        text: "Sends it. It arrives in the list like everybody else's.",
        ends: StepEnd::Done,
    },
    BACK_TO_LIST,
    TourStep {
        action: Action::Problems,
        text: "Lists what is wrong with the messages received: some of the demo's peers make mistakes.",
        ends: StepEnd::Holds(|state| matches!(state.overlay.open, Overlay::Problems(_))),
    },
    TourStep {
        action: Action::Close,
        text: "Closes the list; Enter would have gone to an example, with its cause and its cure.",
        ends: StepEnd::Holds(|state| state.overlay.open == Overlay::None),
    },
    TourStep {
        action: Action::Mend,
        text: "Rewrites the selected message for a peer that cannot read it. Choose one and press Enter.",
        ends: StepEnd::Holds(|state| state.overlay.sheet.is_some()),
    },
    TourStep {
        action: Action::Help,
        text: "That was the tour. This lists the keys of the pane that you are in; the palette finds any action by its name.",
        ends: StepEnd::Holds(|_| false),
    },
];

/// Whether one of the messages in the list is selected.
fn chosen(state: &State) -> bool {
    let (selected, list) = (state.messages.selected, &state.messages.list);
    selected.is_some_and(|seq| list.holds(seq))
}

/// Whether the list is filtered by something with this in it, and nothing is being typed.
fn filtered(state: &State, by: &str) -> bool {
    state.overlay.open == Overlay::None && state.messages.list.filter().text().contains(by)
}
