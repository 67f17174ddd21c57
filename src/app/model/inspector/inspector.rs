//! The room of the inspector: the message in it, its tab, its links. Which message that is to be, the selection of
//! Messages decides.

use super::links::Links;
use super::opened::Opened;
use crate::model::actions::ViewKind;
use natsbridge_wire::{DecodedPayload, PayloadState};

/// Microseconds between two messages opened while following.
const OPEN_US: i64 = 100_000;
/// Microseconds of decoding before an indicator is shown.
const DECODING_US: i64 = 150_000;
/// Microseconds a message must stay selected while following before it counts as looked at.
const SETTLED_US: i64 = 300_000;

/// The message looked at.
#[derive(Debug, Clone, Default)]
pub struct Inspector {
    /// The message shown.
    pub opened: Option<Opened>,
    /// The tab shown.
    pub tab: usize,
    /// The kind of view shown, if it has keys of its own.
    pub viewed: Option<ViewKind>,
    /// Links of the messages looked at.
    pub links: Links,
    /// The message that is to be shown.
    pub(crate) wanted: Option<u64>,
    decoding: bool,
    opened_us: i64,
}

impl Inspector {
    /// Nothing is looked at yet.
    pub(crate) fn new(links: Links) -> Self {
        Self {
            links,
            ..Self::default()
        }
    }

    /// Whether decoding the selected message takes long.
    pub fn is_decoding(&self, now_us: i64) -> bool {
        self.decoding && now_us - self.opened_us >= DECODING_US
    }

    /// Whether a message is being decoded that no indicator is shown for yet.
    pub(crate) fn will_tell_decoding(&self, now_us: i64) -> bool {
        self.decoding && !self.is_decoding(now_us)
    }

    /// Turns to the selected message; while following, not to every message that passes. Returns the one to decode.
    pub(crate) fn turn_to(&mut self, selected: Option<u64>, following: bool, now_us: i64) -> Option<u64> {
        let passes = following && now_us - self.opened_us < OPEN_US && self.wanted.is_some();
        if selected == self.wanted || passes {
            return None;
        }
        self.wanted = selected;
        if selected.is_some() {
            self.open(now_us);
        } else {
            (self.opened, self.decoding) = (None, false);
        }
        selected
    }

    /// A message is being decoded from now on.
    pub(crate) fn open(&mut self, now_us: i64) {
        (self.decoding, self.opened_us) = (true, now_us);
        if let Some(opened) = &mut self.opened {
            opened.let_go();
        }
    }

    /// The tab shown; returns the message that is to be decoded anew, if nobody has looked at this payload yet.
    pub(crate) fn show_tab(&mut self, tab: usize, viewed: Option<ViewKind>, now_us: i64) -> Option<u64> {
        (self.tab, self.viewed) = (tab, viewed);
        let opened = self.opened.as_ref()?;
        let seq = opened.stored.seq;
        let wanted = opened.unseen.contains(&tab) && self.wanted == Some(seq);
        if wanted {
            self.open(now_us);
        }
        wanted.then_some(seq)
    }

    /// Shows a message that was decoded, if it is still wanted.
    pub(crate) fn show(&mut self, opened: Opened, following: bool, now_us: i64) {
        let wanted = self.wanted == Some(opened.stored.seq);
        self.decoding &= !wanted;
        if following || wanted {
            let wait = if following { SETTLED_US } else { 0 };
            self.links
                .look_at(opened.stored.seq, links(&opened), now_us + wait);
            self.opened = Some(opened);
        }
    }

    /// A message could not be decoded; whether that was the one to show.
    pub(crate) fn give_up(&mut self, seq: u64) -> bool {
        let wanted = self.wanted == Some(seq);
        self.decoding &= !wanted;
        wanted
    }

    /// The payload in the tab shown.
    pub(crate) fn payload(&self) -> Option<&DecodedPayload<'_>> {
        self.opened.as_ref()?.decoded.payloads.get(self.tab)
    }

    /// Whether the tab shown is that of the findings, the last one.
    pub fn shows_findings(&self) -> bool {
        /// Tabs of the whole message before it: the envelope and the raw bytes.
        const BEFORE: usize = 2;
        let payloads = self.opened.as_ref().map(|opened| opened.decoded.payloads.len());
        payloads.is_some_and(|payloads| self.tab == payloads + BEFORE)
    }

    /// The URL of the link that a panel is shown for.
    pub fn shown_link(&self) -> Option<&str> {
        let payload = self.payload()?;
        let url = payload.url.as_deref()?;
        (payload.state == PayloadState::NotFetched).then_some(url)
    }

    /// The message shown, if one of its payloads comes from that link.
    pub(crate) fn shows_link(&self, url: &str) -> Option<u64> {
        let opened = self.opened.as_ref()?;
        let mut payloads = opened.decoded.payloads.iter();
        let shown = payloads.any(|payload| payload.url.as_deref() == Some(url));
        shown.then_some(opened.stored.seq)
    }
}

/// The links of a message that are not fetched yet, with the sizes that its envelope declares.
fn links(opened: &Opened) -> Vec<(String, Option<u64>)> {
    let envelope = opened.decoded.envelope.as_ref();
    let declared = envelope.map(|(_, envelope)| &envelope.payloads);
    let size = |i: usize| declared.and_then(|payloads| payloads.get(i))?.size;
    let links = opened.decoded.payloads.iter().enumerate();
    let links = links.filter(|(_, payload)| payload.state == PayloadState::NotFetched);
    links
        .filter_map(|(i, payload)| Some((payload.url.clone()?, size(i))))
        .collect()
}
