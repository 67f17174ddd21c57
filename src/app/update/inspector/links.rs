//! When links are looked up and fetched. A link is only fetched on request, or when its message is shown and the
//! settings allow its host; never because a message arrived.

use crate::model::{Effect, State, Transfer};
use natsbridge_engine::{Direction, FetchError, LinkFacts, TransferSpan};
use natsbridge_wire::{PayloadState, Severity};

/// Microseconds a message must stay selected while following before it counts as looked at.
const SETTLED_US: i64 = 300_000;

impl State {
    /// The URL of the link that the inspector shows a panel for.
    pub fn shown_link(&self) -> Option<&str> {
        let payload = self.opened.as_ref()?.decoded.payloads.get(self.tab)?;
        let url = payload.url.as_deref()?;
        (payload.state == PayloadState::NotFetched).then_some(url)
    }

    /// Takes note of the links of the message that was opened.
    pub(crate) fn look_at_links(&mut self) {
        let Some(opened) = &self.opened else { return };
        let declared = opened
            .decoded
            .envelope
            .as_ref()
            .map(|(_, envelope)| &envelope.payloads);
        let size = |i: usize| declared.and_then(|payloads| payloads.get(i))?.size;
        let links = opened.decoded.payloads.iter().enumerate();
        let links = links.filter(|(_, payload)| payload.state == PayloadState::NotFetched);
        let links = links.filter_map(|(i, payload)| Some((payload.url.clone()?, size(i))));
        let wait = if self.following() { SETTLED_US } else { 0 };
        self.links
            .look_at(opened.stored.seq, links.collect(), self.now_us + wait);
    }

    /// Looks up the link shown and starts automatic downloads once they are due.
    pub(crate) fn attend_links(&mut self, effects: &mut Vec<Effect>) {
        self.links.sample(self.now_us);
        let shown = self.shown_link().map(str::to_owned);
        if let Some(url) = shown.filter(|url| self.links.must_look_up(url, self.now_us)) {
            effects.push(Effect::LookUp(url, false));
        }
        while let Some(url) = self.links.next_unasked(self.now_us) {
            effects.push(Effect::Fetch(url));
        }
    }

    /// Fetches the link shown; `false` where none is.
    pub(crate) fn fetch_shown(&mut self, effects: &mut Vec<Effect>) -> bool {
        let Some(url) = self.shown_link().map(str::to_owned) else {
            return false;
        };
        let facts = self.links.get(&url).and_then(|link| link.facts.as_ref());
        if let Some(why) = facts.and_then(|facts| facts.refused.clone()) {
            self.tell(Severity::Warning, why.to_string());
        } else if self.links.want(&url, self.now_us) {
            effects.push(Effect::Fetch(url));
        }
        true
    }

    /// Checks whether the link shown still exists on its server.
    pub(crate) fn ask_shown(&mut self, effects: &mut Vec<Effect>) {
        match self.shown_link().map(str::to_owned) {
            Some(url) => {
                self.links.ask(&url);
                effects.push(Effect::LookUp(url, true));
            }
            None => self.tell(
                Severity::Note,
                "Select a link that has not been fetched in the inspector first.",
            ),
        }
    }

    /// Stops what is being fetched, the link shown first; `false` if nothing is.
    pub(crate) fn cancel_fetch(&mut self, effects: &mut Vec<Effect>) -> bool {
        let shown = self.shown_link();
        let running = || self.links.running().map(|(url, _)| url);
        let url = running()
            .find(|url| Some(*url) == shown)
            .or_else(|| running().next());
        let Some(url) = url.map(str::to_owned) else {
            return false;
        };
        self.links.end(&url, Transfer::Cancelled);
        effects.push(Effect::CancelFetch(url));
        true
    }

    /// Stores what was learned about a link.
    pub(crate) fn learn_link(&mut self, url: &str, facts: LinkFacts) {
        self.links.learn(url, facts);
    }

    /// Tells the timeline of a download that has just ended.
    fn tell_timeline(&self, url: &str) {
        let mut running = self.links.running();
        let Some((_, running)) = running.find(|(running, _)| *running == url) else {
            return;
        };
        let digest = self.store.row(running.message).and_then(|row| row.digest);
        let Some(id) = digest.and_then(|digest| digest.conversation) else {
            return;
        };
        let span = TransferSpan {
            direction: Direction::Download,
            from_us: running.since_us,
            to_us: self.now_us,
            bytes: running.progress.done(),
        };
        self.store.timeline(|timeline| timeline.transfer_in(id, span));
    }

    /// A download has ended; its message is decoded again.
    pub(crate) fn fetched(
        &mut self,
        url: &str,
        result: Result<String, FetchError>,
        effects: &mut Vec<Effect>,
    ) {
        let shown = self.opened.as_ref().filter(|opened| {
            let mut payloads = opened.decoded.payloads.iter();
            payloads.any(|payload| payload.url.as_deref() == Some(url))
        });
        let shown = shown.map(|opened| opened.stored.seq);
        if result.is_ok() && self.recording.is_some() {
            effects.push(Effect::KeepLink(url.to_owned()));
        }
        if result.is_ok() {
            self.tell_timeline(url);
        }
        match result {
            Ok(told) if self.links.end(url, Transfer::None) => match shown {
                Some(seq) if self.wanted == Some(seq) => self.open(seq, effects),
                _ => self.tell(Severity::Note, told),
            },
            Err(why) if self.links.fail(url, &why) && shown.is_none() => {
                self.tell(Severity::Error, why.to_string());
            }
            _ => {}
        }
        self.attend_links(effects);
    }
}
