//! The room of Subjects: subscriptions, streams, the tree, and the cursor over their rows. What the cursor narrows the
//! message list to is decided elsewhere.

use super::tree::{NodeId, SubjectTree};
use natsbridge_engine::{Store, StreamInfo, StreamsView, SubscriptionId, SubscriptionView};

/// Microseconds between two refreshes of the tree.
const TREE_US: i64 = 250_000;
/// The same where there are very many subjects.
const LARGE_TREE_US: i64 = 1_000_000;
const LARGE_TREE: usize = 10_000;
/// Microseconds after which the streams are listed again.
const LIST_US: i64 = 30_000_000;

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

/// Subscriptions, streams and subjects.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// The patterns subscribed to.
    pub subscriptions: Vec<SubscriptionView>,
    /// The streams of the server.
    pub streams: StreamsView,
    /// The tree of subjects.
    pub tree: SubjectTree,
    /// The cursor; `None` before it was ever moved.
    pub cursor: Option<SubjectCursor>,
    /// Whether the tree is on screen.
    shown: bool,
    /// The stream that a prompt asks about.
    pub(crate) asked: String,
    /// When the streams were last asked for.
    pub(crate) listed_us: i64,
    tree_us: Option<i64>,
    /// Whether messages came since the tree was refreshed.
    pub(crate) stale: bool,
}

impl Subjects {
    /// None yet.
    pub(crate) fn new(now_us: i64) -> Self {
        Self {
            shown: true,
            listed_us: now_us,
            ..Self::default()
        }
    }

    /// The row of the cursor: subscriptions first, then streams, then the tree.
    pub fn row(&self) -> usize {
        let (streams, nodes) = (self.subscriptions.len(), self.first_node());
        match self.cursor {
            None => 0,
            Some(SubjectCursor::Subscription(id)) => {
                let at = self.subscriptions.iter().position(|view| view.id == id);
                at.unwrap_or(0)
            }
            Some(SubjectCursor::Stream(at)) => streams + at,
            Some(SubjectCursor::Node(node)) => {
                let at = self.tree.visible().iter().position(|id| *id == node);
                at.map_or(0, |at| nodes + at)
            }
        }
    }

    /// All rows: subscriptions, streams and shown nodes.
    pub fn rows(&self) -> usize {
        self.first_node() + self.tree.visible().len()
    }

    fn first_node(&self) -> usize {
        self.subscriptions.len() + self.streams.streams.len()
    }

    /// What stands on a row.
    pub(crate) fn at_row(&self, row: usize) -> Option<SubjectCursor> {
        if let Some(view) = self.subscriptions.get(row) {
            return Some(SubjectCursor::Subscription(view.id));
        }
        match row.checked_sub(self.first_node()) {
            None => Some(SubjectCursor::Stream(row - self.subscriptions.len())),
            Some(at) => self.tree.visible().get(at).copied().map(SubjectCursor::Node),
        }
    }

    /// The stream under the cursor.
    pub fn stream_at_cursor(&self) -> Option<&StreamInfo> {
        match self.cursor? {
            SubjectCursor::Stream(at) => self.streams.streams.get(at),
            SubjectCursor::Subscription(_) | SubjectCursor::Node(_) => None,
        }
    }

    /// The subscription under the cursor; the first before the cursor was ever moved.
    pub(crate) fn subscription_at_cursor(&self) -> Option<&SubscriptionView> {
        match self.cursor {
            Some(SubjectCursor::Subscription(id)) => self.subscriptions.iter().find(|view| view.id == id),
            None => self.subscriptions.first(),
            Some(SubjectCursor::Stream(_) | SubjectCursor::Node(_)) => None,
        }
    }

    /// Whether a stream is followed live.
    pub fn is_followed(&self, stream: &str) -> bool {
        self.streams.followed.iter().any(|followed| followed == stream)
    }

    /// Takes over the streams; the cursor stays on its stream. Whether it is on one.
    pub(crate) fn take_streams(&mut self, streams: StreamsView) -> bool {
        let name = self.stream_at_cursor().map(|stream| stream.name.clone());
        self.streams = streams;
        if let Some(name) = &name {
            let mut streams = self.streams.streams.iter();
            let at = streams.position(|stream| stream.name == *name);
            self.cursor = at.map(SubjectCursor::Stream);
        }
        name.is_some()
    }

    /// Microseconds until the streams are to be listed again, where the server has any.
    pub(crate) fn streams_due(&self, has_streams: bool, now_us: i64) -> Option<i64> {
        (has_streams && self.shown).then(|| (self.listed_us + LIST_US - now_us).max(0))
    }

    /// Moves the cursor to the next node with that text; `false` if there is none.
    pub(crate) fn find(&mut self, admits: impl Fn(&str) -> bool) -> bool {
        let from = match self.cursor {
            Some(SubjectCursor::Node(node)) => Some(node),
            _ => None,
        };
        let found = self.tree.find(from, admits);
        if let Some(node) = found {
            self.cursor = Some(SubjectCursor::Node(node));
        }
        found.is_some()
    }

    /// Hears whether the tree is on screen.
    pub(crate) fn is_shown(&mut self, shown: bool, store: &Store, now_us: i64) {
        if shown && !self.shown {
            self.refresh(store, now_us);
        }
        self.shown = shown;
    }

    /// Refreshes the tree, if it is time and something changed.
    pub(crate) fn refresh_if_due(&mut self, store: &Store, now_us: i64) {
        let large = self.tree.len() > LARGE_TREE;
        let every = if large { LARGE_TREE_US } else { TREE_US };
        let due = self.tree_us.is_none_or(|at| !(0..every).contains(&(now_us - at)));
        if due && (self.stale || self.tree.moves()) {
            self.stale = false;
            if self.shown {
                self.refresh(store, now_us);
            }
        }
    }

    fn refresh(&mut self, store: &Store, now_us: i64) {
        self.tree.refresh(&store.subjects(), now_us);
        self.tree_us = Some(now_us);
    }
}
