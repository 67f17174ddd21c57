//! What workers and views tell the inspector.

use super::links::{attend_links, fetched};
use crate::model::{Effects, InspectorMsg, State, WorkEffect};
use crate::update::messages::settle;

/// Takes in what concerns the inspector.
pub(crate) fn inspector_message(state: &mut State, message: InspectorMsg, effects: &mut Effects) {
    let inspector = &mut state.inspector;
    match message {
        InspectorMsg::Opened(opened) => inspector.show(opened, state.messages.following(), state.now_us),
        InspectorMsg::Gone(seq) => {
            if inspector.give_up(seq) {
                settle(state, effects);
            }
        }
        InspectorMsg::Tab(tab, view) => {
            if let Some(seq) = inspector.show_tab(tab, view, state.now_us) {
                effects.push(WorkEffect::Open(seq, tab));
            }
            attend_links(inspector, state.now_us, effects);
        }
        InspectorMsg::LinkInfo(url, facts) => inspector.links.learn(&url, *facts),
        InspectorMsg::Fetched(url, result) => fetched(state, &url, result, effects),
    }
}
