//! What actions and the mouse do in the timeline.

use crate::export::{chrome_trace, conversation_text, conversations_json, mermaid, short_key};
use crate::model::{
    Action, Effect, Follow, LineEdit, Narrow, OpenConversation, Overlay, Pane, Purpose, State, TextFilter,
    TimelineMsg, count, size,
};
use bytes::Bytes;
use natsbridge_engine::{ConversationId, ConversationView, MessageFilter, safe_file_name};
use natsbridge_wire::Severity;
use std::path::Path;

/// How the name of a file of Chrome trace events ends.
const TRACE: &str = ".trace.json";

/// Applies an action to the timeline.
pub fn act_in_timeline(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if state.conversations.page == 0 {
        // The key that moved the focus here has not been drawn yet.
        state.look_at_conversations_again();
    }
    match action {
        Action::Open => open(state, effects),
        Action::FollowConversations => {
            state.conversations.paused ^= true;
            state.look_at_conversations_again();
        }
        Action::SortConversations => {
            state.conversations.sort = state.conversations.sort.next();
            state.look_at_conversations_again();
        }
        Action::ScopeConversations => {
            state.conversations.scope = state.conversations.scope.next();
            state.look_at_conversations_again();
        }
        Action::Latencies => {
            state.conversations.latency_row = 0;
            state.conversations.latencies = match state.conversations.latencies {
                Some(_) => None,
                None => Some(state.store.timeline(|timeline| timeline.latencies())),
            };
        }
        Action::OnlyConversation => only(state, effects),
        Action::CopyConversation => copy(state, false, effects),
        Action::CopyMermaid => copy(state, true, effects),
        Action::ExportConversations => ask_where(state),
        Action::Bottom if state.conversations.open.is_none() => {
            state.conversations.paused = false;
            state.look_at_conversations_again();
        }
        _ => {
            if let Some(rows) = action.distance(state.conversations.page) {
                scroll(state, rows);
            }
        }
    }
}

/// Takes in what concerns the timeline on screen.
pub fn timeline_message(state: &mut State, message: TimelineMsg, effects: &mut Vec<Effect>) {
    match message {
        TimelineMsg::Layout(page) => {
            let appears = page > 0 && state.conversations.page == 0;
            state.conversations.page = page;
            if appears {
                state.look_at_conversations_again();
            }
        }
        TimelineMsg::Scroll(rows) => scroll(state, rows),
        TimelineMsg::Select(row) => {
            let conversations = &mut state.conversations;
            if let Some(open) = &mut conversations.open {
                let again = open.cursor == row;
                open.cursor = row.min(open.view.messages.len().saturating_sub(1));
                if again {
                    show_message(state, effects);
                }
            } else if let Some(id) = conversations.rows().get(row).copied() {
                let again = conversations.paused && conversations.selected == Some(id);
                (conversations.selected, conversations.paused) = (Some(id), true);
                if again {
                    open_conversation(state, id, None);
                }
            }
        }
    }
}

impl State {
    /// Refreshes the list if it is due.
    pub(crate) fn look_at_conversations(&mut self) {
        self.conversations.look(&self.store, self.now_us);
    }

    /// Refreshes the list now: the criteria changed.
    pub(super) fn look_at_conversations_again(&mut self) {
        self.conversations.look_again(&self.store, self.now_us);
    }

    /// Closes what is open in the timeline; `false` if nothing is.
    pub(crate) fn leave_conversation(&mut self) -> bool {
        if self.focus != Pane::Timeline {
            return false;
        }
        let conversations = &mut self.conversations;
        if conversations.latencies.take().is_some() || conversations.open.take().is_some() {
            return true;
        }
        let filtered = conversations.is_filtered();
        if filtered {
            self.filter_conversations("");
        }
        filtered
    }

    /// Shows only conversations with that text.
    pub(crate) fn filter_conversations(&mut self, text: &str) {
        self.conversations.filter = TextFilter::new(text);
        self.look_at_conversations_again();
    }

    /// Goes to the conversation of the selected message.
    pub(crate) fn go_to_conversation(&mut self) {
        let row = self.selected.and_then(|seq| self.store.row(seq));
        let Some(row) = row else {
            return self.tell(
                Severity::Note,
                "Select a message first, then go to its conversation.",
            );
        };
        let Some(id) = row.digest.and_then(|digest| digest.conversation) else {
            return self.tell(
                Severity::Note,
                "This message belongs to no conversation: it has no ids, expects no reply and answers \
                 nothing.",
            );
        };
        if open_conversation(self, id, Some(row.seq)) {
            self.focus = Pane::Timeline;
        } else {
            self.tell(
                Severity::Note,
                "The conversation of this message is no longer kept: it was idle too long, or there were \
                 too many.",
            );
        }
    }

    /// Returns to the timeline from the messages of one conversation; `false` if the list is not narrowed to one.
    pub(crate) fn leave_only(&mut self, effects: &mut Vec<Effect>) -> bool {
        let only = self.only.take().is_some();
        if only {
            self.narrow_to_cursor(effects);
            self.focus = Pane::Timeline;
        }
        only
    }

    /// Writes the open conversation, or those listed, into a file; its name says how.
    pub(crate) fn export_conversations(&mut self, file: &str, effects: &mut Vec<Effect>) {
        let views = self.chosen_views();
        if views.is_empty() {
            return self.tell(Severity::Note, "There is no conversation to export yet.");
        }
        let extension = Path::new(file)
            .extension()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let trace = file.to_ascii_lowercase().ends_with(TRACE);
        let text = match extension.to_str() {
            Some("mmd" | "md") => views.iter().map(mermaid).collect::<Vec<_>>().join("\n"),
            Some("txt") => {
                let texts = views.iter().map(|view| conversation_text(view, &self.zone));
                texts.collect::<Vec<_>>().join("\n")
            }
            Some("json") if trace => chrome_trace(&views, self.now_us),
            Some("json") => conversations_json(&views),
            _ => {
                let text = "The file extension sets the format: use .json, .trace.json, .mmd or .txt.";
                self.tell(Severity::Error, text);
                self.overlay = Overlay::Prompt(Purpose::ExportConversations, LineEdit::new(file));
                return;
            }
        };
        effects.push(Effect::Save(file.into(), Bytes::from(text).into()));
    }

    /// Selects the next or previous conversation that contains the search text, wrapping around.
    pub(crate) fn find_conversation(&mut self, forward: bool) -> bool {
        let conversations = &self.conversations;
        let (rows, from) = (conversations.rows(), conversations.position());
        let places = (1..=rows.len()).map(|step| {
            let step = if forward { step } else { rows.len() - step };
            (from + step) % rows.len()
        });
        let found = self.store.timeline(|timeline| {
            let mut ids = places.filter_map(|place| rows.get(place).copied());
            ids.find(|id| timeline.mentions(*id, |text| self.search.admits(text)))
        });
        if found.is_some() {
            (self.conversations.selected, self.conversations.paused) = (found, true);
            self.conversations.open = None;
        }
        found.is_some()
    }

    /// The open conversation; in the list, all that are listed.
    fn chosen_views(&self) -> Vec<ConversationView> {
        match &self.conversations.open {
            Some(open) => vec![open.view.clone()],
            None => self.store.timeline(|timeline| {
                let ids = self.conversations.rows().iter();
                ids.filter_map(|id| timeline.view(*id, self.now_us, usize::MAX))
                    .collect()
            }),
        }
    }

    /// The open conversation, or the selected one.
    fn chosen_view(&self) -> Option<ConversationView> {
        if let Some(open) = &self.conversations.open {
            return Some(open.view.clone());
        }
        let id = self.conversations.selected?;
        self.store
            .timeline(|timeline| timeline.view(id, self.now_us, usize::MAX))
    }
}

fn scroll(state: &mut State, rows: isize) {
    let conversations = &mut state.conversations;
    let moved = |at: usize, len: usize| at.saturating_add_signed(rows).min(len.saturating_sub(1));
    if let Some(latencies) = &conversations.latencies {
        let len = latencies.subjects.len() + latencies.pairs.len() + 3;
        conversations.latency_row = moved(
            conversations.latency_row,
            (len + 1).saturating_sub(conversations.page).max(1),
        );
    } else if let Some(open) = &mut conversations.open {
        conversations.paused = true;
        open.cursor = moved(open.cursor, open.view.messages.len());
    } else if !conversations.rows().is_empty() {
        conversations.paused = true;
        let at = moved(conversations.position(), conversations.rows().len());
        conversations.selected = conversations.rows().get(at).copied();
    }
}

fn open(state: &mut State, effects: &mut Vec<Effect>) {
    if state.conversations.latencies.is_some() {
        return;
    }
    if state.conversations.open.is_some() {
        show_message(state, effects);
    } else if let Some(id) = state.conversations.selected {
        open_conversation(state, id, None);
    }
}

/// Opens a conversation with the cursor on one of its messages; `false` if it is no longer kept.
fn open_conversation(state: &mut State, id: ConversationId, seq: Option<u64>) -> bool {
    let now_us = state.now_us;
    let Some(view) = state
        .store
        .timeline(|timeline| timeline.view(id, now_us, usize::MAX))
    else {
        return false;
    };
    let place = |seq| view.messages.iter().position(|message| message.seq == seq);
    let conversations = &mut state.conversations;
    (
        conversations.selected,
        conversations.paused,
        conversations.latencies,
    ) = (Some(id), true, None);
    conversations.open = Some(OpenConversation {
        cursor: seq.and_then(place).unwrap_or(0),
        view,
        gone: false,
    });
    true
}

/// Selects the chosen message in the list and opens it.
fn show_message(state: &mut State, effects: &mut Vec<Effect>) {
    let open = state.conversations.open.as_ref();
    let Some(seq) = open.and_then(|open| Some(open.view.messages.get(open.cursor)?.seq)) else {
        return;
    };
    if !state.store.range().contains(&seq) {
        return state.tell(
            Severity::Note,
            format!(
                "Message {} is no longer in memory; only this summary is left.",
                count(seq)
            ),
        );
    }
    state.pause();
    if state.view.get(state.view.position(seq)) != Some(seq) {
        (state.cursor, state.only) = (None, None);
        state.view.restrict(Narrow::All, MessageFilter::default());
        state.tell(
            Severity::Note,
            "The list's filter was cleared to show this message.",
        );
    }
    state.selected = Some(seq);
    state.settle(effects);
    state.maximised = false;
    state.focus = Pane::Inspector;
}

/// Narrows the list of messages to one conversation.
fn only(state: &mut State, effects: &mut Vec<Effect>) {
    let open = state.conversations.open.as_ref().map(|open| open.view.id);
    let Some(id) = open.or(state.conversations.selected) else {
        return state.tell(
            Severity::Note,
            "Select a conversation first, then show only its messages.",
        );
    };
    state.only = Some(id);
    state.narrow_to_cursor(effects);
    if state.view.is_empty() {
        state.leave_only(effects);
        return state.tell(
            Severity::Note,
            "The messages of this conversation are no longer in memory; the conversation itself is.",
        );
    }
    if matches!(state.follow, Follow::Following) {
        state.pause();
    }
    state.maximised = false;
    state.focus = Pane::Messages;
}

fn copy(state: &mut State, as_mermaid: bool, effects: &mut Vec<Effect>) {
    let Some(view) = state.chosen_view() else {
        return state.tell(Severity::Note, "Select a conversation first, then copy it.");
    };
    let text = if as_mermaid {
        mermaid(&view)
    } else {
        conversation_text(&view, &state.zone)
    };
    let (is, most) = (text.len(), state.limits.clipboard_bytes);
    if is > most {
        let (is, most) = (size(is as u64), size(most as u64));
        return state.tell(
            Severity::Warning,
            format!(
                "The conversation is too large for the clipboard: {is} (limit {most}). Export it to a \
                     file instead."
            ),
        );
    }
    effects.push(Effect::Copy(text));
}

fn ask_where(state: &mut State) {
    let name = match &state.conversations.open {
        Some(open) => format!("conversation-{}.json", short_key(&open.view.key)),
        None if state.conversations.rows().is_empty() => {
            return state.tell(Severity::Note, "There is no conversation to export yet.");
        }
        None => "conversations.json".to_owned(),
    };
    let name = safe_file_name(&name, "conversation.json");
    state.overlay = Overlay::Prompt(Purpose::ExportConversations, LineEdit::new(name));
}
