//! The state of the workbench, made of rooms. One task owns it; the screen reads it.

use super::actions::{Focus, Pane, Place};
use super::appearance::Appearance;
use super::compose::Composer;
use super::connection::{ConnectionStatus, Traffic};
use super::inspector::{Inspector, Links};
use super::messages::{Clock, Messages, TextFilter};
use super::notices::Notices;
use super::overlay::{Overlay, Overlays};
use super::settings::{Highlight, Tools};
use super::subjects::Subjects;
use super::timeline::Conversations;
use super::works::Works;
use jiff::tz::TimeZone;
use natsbridge_engine::{FetchPolicy, Store};
use natsbridge_wire::Limits;
use std::sync::Arc;
use std::time::Duration;

/// What a workbench is started with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The store that the session fills.
    pub store: Store,
    /// Limits in force.
    pub limits: Arc<Limits>,
    /// How it looks.
    pub appearance: Appearance,
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
pub struct State {
    /// The store that the session feeds.
    pub store: Store,
    /// Limits in force.
    pub limits: Arc<Limits>,
    /// Programs outside.
    pub tools: Tools,
    /// The time now, microseconds since the Unix epoch.
    pub now_us: i64,
    /// The connection.
    pub connection: ConnectionStatus,
    /// The traffic on it.
    pub traffic: Traffic,
    /// Subscriptions, streams and subjects.
    pub subjects: Subjects,
    /// The messages received.
    pub messages: Messages,
    /// The message looked at.
    pub inspector: Inspector,
    /// The conversations.
    pub timeline: Conversations,
    /// The message being written.
    pub compose: Composer,
    /// What lies over the panes.
    pub overlay: Overlays,
    /// Notices on screen.
    pub notices: Notices,
    /// Work done elsewhere.
    pub works: Works,
    /// The focus.
    pub focus: Focus,
    /// How it looks.
    pub appearance: Appearance,
    /// The last search.
    pub search: TextFilter,
    pub(crate) zone: TimeZone,
}

impl State {
    /// The initial state.
    pub fn new(start: Start) -> Self {
        Self {
            connection: ConnectionStatus::new(start.context, start.now_us),
            traffic: Traffic::new(start.now_us),
            subjects: Subjects::new(start.now_us),
            messages: Messages::new(start.highlights),
            inspector: Inspector::new(Links::new(start.fetching, start.limits.link_bytes)),
            timeline: Conversations::default(),
            compose: Composer::default(),
            overlay: Overlays::default(),
            notices: Notices::default(),
            works: Works::default(),
            focus: Focus::default(),
            appearance: start.appearance,
            search: TextFilter::default(),
            store: start.store,
            limits: start.limits,
            tools: start.tools,
            now_us: start.now_us,
            zone: start.zone,
        }
    }

    /// When the next tick is due; `None` if nothing is moving.
    pub fn next_tick(&self) -> Option<Duration> {
        let now_us = self.now_us;
        let millis = |us: i64| us.unsigned_abs().div_ceil(1000).max(1);
        let (inspector, messages) = (&self.inspector, &self.messages);
        let moving = self.traffic.rate.moves() || self.subjects.tree.moves();
        let links = inspector.links.due(inspector.shown_link(), now_us);
        let streams = self.subjects.streams_due(self.connection.has_streams(), now_us);
        let conversations = self.timeline.due_ms(&self.store, now_us);
        let plan = self.compose.planning.due(now_us);
        let works = inspector.links.running().next().is_some() || !self.works.is_empty();
        let ages = messages.clock == Clock::Relative && !messages.list.is_empty();
        let wishes = [
            (messages.following() && messages.selected != inspector.wanted).then_some(50),
            works.then_some(100),
            plan.map(millis),
            inspector.will_tell_decoding(now_us).then_some(150),
            self.subjects.stale.then_some(250),
            conversations,
            links.map(millis),
            (self.notices.iter().len() > 0).then_some(500),
            (moving || ages).then_some(1_000),
            streams.map(millis),
            (self.traffic.counters.stored > 0).then_some(60_000),
        ];
        wishes.into_iter().flatten().next().map(Duration::from_millis)
    }

    /// Where keys go.
    pub fn place(&self) -> Place {
        if let Some((_, view)) = self.overlay.sheet {
            let pane = Pane::Inspector;
            return Place { pane, view };
        }
        let (pane, inspector) = (self.focus.pane, &self.inspector);
        let shown = pane == Pane::Inspector && inspector.opened.is_some();
        let view = inspector.viewed.filter(|_| shown);
        Place { pane, view }
    }

    /// Whether a line of the form is being typed.
    pub fn types_in_form(&self) -> bool {
        self.overlay.open == Overlay::None
            && self.focus.pane == Pane::Compose
            && self.compose.typing.is_some()
    }

    /// What would be lost if the workbench ended now, a few words each.
    pub fn losses(&self) -> Vec<String> {
        let mut losses = self.compose.losses();
        if self.connection.recording.is_some() {
            losses.push("the rest of the recording".into());
        }
        losses.extend(self.works.losses());
        losses
    }
}
