//! The state of the workbench. One task owns it; the screen reads it.

use super::actions::{Pane, Place, ViewKind};
use super::compose::Composer;
use super::figures::Meter;
use super::inspector::{ImageMode, Links};
use super::message::{Effect, Opened};
use super::messages::{Marked, Matches, MessageView, Narrow, TextFilter};
use super::notices::Notices;
use super::overlay::{Histories, Overlay, Prompting};
use super::settings::{Highlight, Tools};
use super::subjects::{NodeId, SubjectTree};
use super::timeline::Conversations;
use super::works::Working;
use jiff::tz::TimeZone;
use natsbridge_engine::{
    ConnectionState, ConversationId, Counters, FetchPolicy, MessageFilter, RecordingView, Store, StreamsView,
    SubscriptionId, SubscriptionView,
};
use natsbridge_wire::{FilterFault, Limits, Severity};
use std::sync::Arc;
use std::time::Duration;

/// Microseconds between two messages opened while following.
const OPEN_US: i64 = 100_000;
/// Microseconds of decoding before an indicator is shown.
const DECODING_US: i64 = 150_000;

/// Whether the list follows new messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// The newest message is selected.
    Following,
    /// The selection stays; messages from `mark` on are new.
    Paused {
        /// The first number that is new.
        mark: u64,
    },
}

/// How the list shows times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Time of day.
    #[default]
    Absolute,
    /// How long ago.
    Relative,
    /// Since the message above.
    Delta,
}

/// Where the cursor of Subjects is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectCursor {
    /// On the subscription of that place in the list.
    Subscription(SubscriptionId),
    /// On the stream of that place in the list.
    Stream(usize),
    /// On a node of the tree.
    Node(NodeId),
}

/// What a workbench is started with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The store that the session fills.
    pub store: Store,
    /// Limits in force.
    pub limits: Arc<Limits>,
    /// Theme to start with.
    pub theme: String,
    /// Themes there are to choose from.
    pub themes: Vec<String>,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// How pictures are to be drawn.
    pub images: ImageMode,
    /// Programs outside that payloads are handed to.
    pub tools: Tools,
    /// Messages that stand out.
    pub highlights: Vec<Highlight>,
    /// The rules of fetching links.
    pub fetching: FetchPolicy,
    /// The context in use.
    pub context: Option<String>,
    /// Zone that typed times are in.
    pub zone: TimeZone,
    /// The time now, microseconds since the Unix epoch.
    pub now_us: i64,
}

/// The workbench.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags")]
pub struct State {
    /// The store that the session feeds.
    pub store: Store,
    /// Limits in force.
    pub limits: Arc<Limits>,
    /// The connection.
    pub connection: ConnectionState,
    /// Since when it is in this state, microseconds since the Unix epoch.
    pub since_us: i64,
    /// Whether there has ever been a connection.
    pub was_connected: bool,
    /// The patterns subscribed to.
    pub subscriptions: Vec<SubscriptionView>,
    /// The streams of the server.
    pub streams: StreamsView,
    /// The recording under way.
    pub recording: Option<RecordingView>,
    /// The context connected by.
    pub context: Option<String>,
    /// The context being read.
    pub switching: Option<String>,
    /// Links of the messages looked at.
    pub links: Links,
    /// The store's counters, as of the last look.
    pub counters: Counters,
    /// Messages in per second.
    pub rate: Meter,
    /// The tree of subjects.
    pub tree: SubjectTree,
    /// The cursor of Subjects; `None` before it was ever moved.
    pub cursor: Option<SubjectCursor>,
    /// The message being written.
    pub compose: Composer,
    /// The message list.
    pub view: MessageView,
    /// The selected message.
    pub selected: Option<u64>,
    /// Whether the list follows new messages.
    pub follow: Follow,
    /// How the list tells time.
    pub clock: Clock,
    /// The timeline.
    pub conversations: Conversations,
    /// The conversation that the list is narrowed to.
    pub only: Option<ConversationId>,
    /// The pane with the focus.
    pub focus: Pane,
    /// Whether that pane is maximised.
    pub maximised: bool,
    /// The message in the inspector.
    pub opened: Option<Opened>,
    /// The inspector's tab.
    pub tab: usize,
    /// The kind of view shown in the inspector, if it has keys of its own.
    pub viewed: Option<ViewKind>,
    /// The title of the sheet over the panes, and the kind of its view.
    pub sheet: Option<(String, Option<ViewKind>)>,
    /// The message mended last, and the title of the sheet that shows it.
    pub mended: Option<(String, Opened)>,
    /// The verdict on the text in the prompt: where it is wrong, and why.
    pub verdict: Option<Result<(), FilterFault>>,
    /// Work done elsewhere.
    pub works: Vec<Working>,
    /// The last search.
    pub search: TextFilter,
    /// Marked messages.
    pub marked: Marked,
    /// The messages that hold its text.
    pub matches: Matches,
    /// Notices on screen.
    pub notices: Notices,
    /// What lies over the panes.
    pub overlay: Overlay,
    /// Whether the welcome is shown; it goes with the first key.
    pub welcome: bool,
    /// What helps with the open prompt.
    pub prompting: Prompting,
    /// Earlier answers.
    pub histories: Histories,
    /// Programs outside.
    pub tools: Tools,
    /// Messages that stand out.
    pub highlights: Vec<Highlight>,
    /// Counts changes of these rules.
    pub highlights_changed: u64,
    /// Theme by name.
    pub theme: String,
    /// Themes there are to choose from.
    pub themes: Vec<String>,
    /// Whether mouse support is on.
    pub mouse: bool,
    /// How pictures are to be drawn.
    pub images: ImageMode,
    /// The time now, microseconds since the Unix epoch.
    pub now_us: i64,
    /// Rows of the message list on screen.
    pub page: usize,
    /// Whether the tree of subjects is on screen.
    pub subjects_shown: bool,
    /// The filter that applied before another was typed.
    pub(crate) filter_before: String,
    pub(crate) zone: TimeZone,
    pub(crate) stream: String,
    pub(crate) streams_us: i64,
    pub(crate) wanted: Option<u64>,
    pub(crate) decoding: bool,
    pub(super) opened_us: i64,
    pub(crate) rate_us: i64,
    pub(crate) tree_us: Option<i64>,
    pub(crate) stale: bool,
    pub(super) scanned: bool,
}

impl State {
    /// The initial state.
    pub fn new(start: Start) -> Self {
        Self {
            links: Links::new(start.fetching, start.limits.link_bytes),
            store: start.store,
            limits: start.limits,
            connection: ConnectionState::Offline,
            since_us: start.now_us,
            was_connected: false,
            subscriptions: vec![],
            streams: StreamsView::default(),
            recording: None,
            context: start.context,
            switching: None,
            counters: Counters::default(),
            rate: Meter::default(),
            tree: SubjectTree::default(),
            cursor: None,
            compose: Composer::default(),
            view: MessageView::default(),
            selected: None,
            follow: Follow::Following,
            clock: Clock::default(),
            conversations: Conversations::default(),
            only: None,
            focus: Pane::Messages,
            maximised: false,
            opened: None,
            tab: 0,
            viewed: None,
            sheet: None,
            mended: None,
            verdict: None,
            works: vec![],
            search: TextFilter::default(),
            marked: Marked::default(),
            matches: Matches::default(),
            notices: Notices::default(),
            overlay: Overlay::None,
            welcome: false,
            prompting: Prompting::default(),
            histories: Histories::default(),
            tools: start.tools,
            highlights: start.highlights,
            highlights_changed: 0,
            theme: start.theme,
            themes: start.themes,
            mouse: start.mouse,
            images: start.images,
            now_us: start.now_us,
            page: 1,
            subjects_shown: true,
            filter_before: String::new(),
            zone: start.zone,
            stream: String::new(),
            streams_us: start.now_us,
            wanted: None,
            decoding: false,
            opened_us: i64::MIN / 2,
            rate_us: start.now_us,
            tree_us: None,
            stale: false,
            scanned: true,
        }
    }

    /// Messages that arrived since the list was paused.
    pub fn new_since_pause(&self) -> usize {
        match self.follow {
            Follow::Following => 0,
            Follow::Paused { mark } => self.view.len() - self.view.position(mark).min(self.view.len()),
        }
    }

    /// Whether the list is still being filtered.
    pub fn is_scanning(&self) -> bool {
        !self.scanned
    }

    /// Whether decoding the selected message takes long.
    pub fn is_decoding(&self) -> bool {
        self.decoding && self.now_us - self.opened_us >= DECODING_US
    }

    /// When the next tick is due; `None` if nothing is moving.
    pub fn next_tick(&self) -> Option<Duration> {
        let moving = self.rate.moves() || self.tree.moves();
        let millis = |us: i64| us.unsigned_abs().div_ceil(1000).max(1);
        let links = self.links.due(self.shown_link(), self.now_us);
        let streams = self.streams_due();
        let conversations = self.conversations.due_ms(&self.store, self.now_us);
        let plan = self.plan_due();
        let wishes = [
            (!self.scanned, 1),
            (self.following() && self.selected != self.wanted, 50),
            (
                self.links.running().next().is_some() || !self.works.is_empty(),
                100,
            ),
            (plan.is_some(), plan.map_or(0, millis)),
            (self.decoding && !self.is_decoding(), 150),
            (self.stale, 250),
            (conversations.is_some(), conversations.unwrap_or(0)),
            (links.is_some(), links.map_or(0, millis)),
            (self.notices.iter().len() > 0, 500),
            (
                moving || (self.clock == Clock::Relative && !self.view.is_empty()),
                1_000,
            ),
            (streams.is_some(), streams.map_or(0, millis)),
            (self.counters.stored > 0, 60_000),
        ];
        wishes
            .into_iter()
            .find(|(wished, _)| *wished)
            .map(|(_, millis)| Duration::from_millis(millis))
    }

    /// The place of the cursor of Subjects: subscriptions first, then streams, then the tree.
    pub fn subject_row(&self) -> usize {
        match self.cursor {
            None => 0,
            Some(SubjectCursor::Subscription(id)) => self
                .subscriptions
                .iter()
                .position(|view| view.id == id)
                .unwrap_or(0),
            Some(SubjectCursor::Stream(at)) => self.subscriptions.len() + at,
            Some(SubjectCursor::Node(node)) => {
                let at = self.tree.visible().iter().position(|id| *id == node);
                at.map_or(0, |at| self.subscriptions.len() + self.streams.streams.len() + at)
            }
        }
    }

    /// Rows of Subjects: subscriptions, streams and shown nodes.
    pub fn subject_rows(&self) -> usize {
        self.subscriptions.len() + self.streams.streams.len() + self.tree.visible().len()
    }

    /// Where keys go.
    pub fn place(&self) -> Place {
        match &self.sheet {
            Some((_, view)) => Place {
                pane: Pane::Inspector,
                view: *view,
            },
            None => Place {
                pane: self.focus,
                view: self
                    .viewed
                    .filter(|_| self.focus == Pane::Inspector && self.opened.is_some()),
            },
        }
    }

    /// Whether the list runs along with what arrives.
    pub fn following(&self) -> bool {
        self.follow == Follow::Following
    }

    /// Whether a line of the form is being typed.
    pub fn types_in_form(&self) -> bool {
        self.overlay == Overlay::None && self.focus == Pane::Compose && self.compose.typing.is_some()
    }

    pub(crate) fn tell(&mut self, severity: Severity, text: impl Into<String>) {
        self.notices.push(severity, text, self.now_us);
    }

    /// Stops following.
    pub(crate) fn pause(&mut self) {
        if self.following() {
            self.links.hurry(self.now_us);
            self.follow = Follow::Paused {
                mark: self.view.next(),
            };
        }
    }

    /// Catches up with the store and keeps the selection on its message.
    pub(crate) fn settle(&mut self, effects: &mut Vec<Effect>) {
        self.scanned = self.view.advance(&self.store, self.now_us);
        if self.following() {
            self.selected = self.view.newest().or(self.selected.filter(|_| !self.scanned));
        } else if let Some(selected) = self.selected {
            let at = self.view.position(selected);
            let nearest = self.view.get(at).or_else(|| self.view.newest());
            if nearest != Some(selected) && self.scanned {
                if selected < self.store.range().start {
                    self.tell(
                        Severity::Note,
                        "The selected message is no longer in memory; the oldest one kept is selected \
                         instead.",
                    );
                }
                self.selected = nearest;
            }
        }
        self.open_selected(effects);
    }

    /// Requests the selected message; while following, not every message that passes.
    pub(super) fn open_selected(&mut self, effects: &mut Vec<Effect>) {
        if self.selected == self.wanted {
            return;
        }
        if self.following() && self.now_us - self.opened_us < OPEN_US && self.wanted.is_some() {
            return;
        }
        self.wanted = self.selected;
        self.opened_us = self.now_us;
        if let Some(seq) = self.selected {
            self.open(seq, effects);
        } else {
            (self.opened, self.decoding) = (None, false);
        }
    }

    /// Has a message decoded.
    pub(crate) fn open(&mut self, seq: u64, effects: &mut Vec<Effect>) {
        (self.decoding, self.opened_us) = (true, self.now_us);
        effects.push(Effect::Open(seq));
    }

    /// Narrows the list to the row under the cursor of Subjects.
    pub(crate) fn narrow_to_cursor(&mut self, effects: &mut Vec<Effect>) {
        let narrow = match self.cursor {
            _ if self.only.is_some() => self.only.map_or(Narrow::All, Narrow::Conversation),
            Some(SubjectCursor::Node(node)) => Narrow::Under(self.tree.path(node)),
            Some(SubjectCursor::Subscription(id)) if self.subscriptions.len() > 1 => self
                .subscriptions
                .iter()
                .find(|view| view.id == id && view.pattern != ">")
                .map_or(Narrow::All, |view| Narrow::Pattern(view.pattern.clone())),
            Some(SubjectCursor::Stream(_)) => self.stream_at_cursor().map_or(Narrow::All, |stream| {
                Narrow::Stream(stream.name.clone(), stream.subjects.clone())
            }),
            _ => Narrow::All,
        };
        self.view.restrict(narrow, self.view.filter().clone());
        self.settle(effects);
    }

    /// Starts with a filter.
    pub fn start_filtered(&mut self, text: &str) {
        match MessageFilter::new(text) {
            Ok(filter) => self.view.restrict(self.view.narrow().clone(), filter),
            Err(fault) => self.tell(Severity::Error, format!("Cannot filter: {fault}.")),
        }
    }

    /// Shows only matching messages. While the text is invalid, the last valid filter applies.
    pub(crate) fn filter_by(&mut self, text: &str, effects: &mut Vec<Effect>) -> Result<(), FilterFault> {
        let filter = MessageFilter::new(text);
        self.verdict = Some(filter.as_ref().map(|_| ()).map_err(Clone::clone));
        self.view.restrict(self.view.narrow().clone(), filter?);
        self.settle(effects);
        Ok(())
    }

    /// Refreshes the tree from the store.
    pub(crate) fn refresh_tree(&mut self) {
        self.tree.refresh(&self.store.subjects(), self.now_us);
        self.tree_us = Some(self.now_us);
    }
}
