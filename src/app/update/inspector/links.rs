//! When links are looked up and fetched. A link is only fetched on request, or when its message is shown and the
//! settings allow its host; never because a message arrived.

use crate::model::{Effects, Inspector, Links, State, Transfer, WorkEffect};
use natsbridge_engine::{Direction, FetchError, LinkTransfer, Store};
use natsbridge_wire::Severity;

/// Looks up the link shown and starts automatic downloads once they are due.
pub(crate) fn attend_links(inspector: &mut Inspector, now_us: i64, effects: &mut Effects) {
    inspector.links.sample(now_us);
    let shown = inspector.shown_link().map(str::to_owned);
    let links = &mut inspector.links;
    if let Some(url) = shown.filter(|url| links.must_look_up(url, now_us)) {
        effects.push(WorkEffect::LookUp(url, false));
    }
    while let Some(url) = links.next_unasked(now_us) {
        effects.push(WorkEffect::Fetch(url));
    }
}

/// Fetches the link shown, if one is.
pub(crate) fn fetch_shown(inspector: &mut Inspector, now_us: i64, effects: &mut Effects) {
    let Some(url) = inspector.shown_link().map(str::to_owned) else {
        return;
    };
    let links = &mut inspector.links;
    let facts = links.get(&url).and_then(|link| link.facts.as_ref());
    if let Some(why) = facts.and_then(|facts| facts.refused.clone()) {
        effects.tell(Severity::Warning, why.to_string());
    } else if links.want(&url, now_us) {
        effects.push(WorkEffect::Fetch(url));
    }
}

/// Checks whether the link shown still exists on its server.
pub(crate) fn ask_shown(inspector: &mut Inspector, effects: &mut Effects) {
    match inspector.shown_link().map(str::to_owned) {
        Some(url) => {
            inspector.links.ask(&url);
            effects.push(WorkEffect::LookUp(url, true));
        }
        None => effects.note("Select a link that has not been fetched in the inspector first."),
    }
}

/// Stops what is being fetched, the link shown first; `false` if nothing is.
pub(crate) fn cancel_fetch(inspector: &mut Inspector, effects: &mut Effects) -> bool {
    let shown = inspector.shown_link();
    let running = || inspector.links.running().map(|(url, _)| url);
    let url = running()
        .find(|url| Some(*url) == shown)
        .or_else(|| running().next());
    let Some(url) = url.map(str::to_owned) else {
        return false;
    };
    inspector.links.end(&url, Transfer::Cancelled);
    effects.push(WorkEffect::CancelFetch(url));
    true
}

/// A download has ended; its message is decoded again.
pub(super) fn fetched(
    state: &mut State,
    url: &str,
    result: Result<String, FetchError>,
    effects: &mut Effects,
) {
    let (inspector, now_us) = (&mut state.inspector, state.now_us);
    let shown = inspector.shows_link(url);
    if result.is_ok() {
        if state.connection.recording.is_some() {
            effects.push(WorkEffect::KeepLink(url.to_owned()));
        }
        tell_timeline(&inspector.links, &state.store, url, now_us);
    }
    match result {
        Ok(told) => {
            let ended = inspector.links.end(url, Transfer::None);
            match shown {
                Some(seq) if ended && inspector.wanted == Some(seq) => {
                    inspector.open(now_us);
                    effects.push(WorkEffect::Open(seq, inspector.tab));
                }
                Some(_) | None if ended => effects.note(told),
                Some(_) | None => {}
            }
        }
        Err(why) => {
            if inspector.links.fail(url, &why) && shown.is_none() {
                effects.tell(Severity::Error, why.to_string());
            }
        }
    }
    attend_links(inspector, now_us, effects);
}

/// Tells the timeline of a download that has just ended.
fn tell_timeline(links: &Links, store: &Store, url: &str, now_us: i64) {
    let mut running = links.running();
    let Some((_, running)) = running.find(|(running, _)| *running == url) else {
        return;
    };
    let digest = store.row(running.message).and_then(|row| row.digest);
    let Some(id) = digest.and_then(|digest| digest.conversation) else {
        return;
    };
    let span = LinkTransfer {
        direction: Direction::Download,
        from_us: running.since_us,
        to_us: now_us,
        bytes: running.progress.done(),
    };
    store.timeline(|timeline| timeline.transfer_in(id, span));
}
