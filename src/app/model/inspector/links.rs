//! Links of the selected messages: what is known about them and their downloads. Looking up and fetching happen
//! elsewhere; `link_act` decides when.

use crate::model::figures::Meter;
use natsbridge_engine::{FetchError, FetchErrorKind, FetchPolicy, FetchRequest, LinkInfo, Progress};
use std::collections::{BTreeMap, VecDeque};

/// Microseconds between two samples of a transfer's rate.
const SAMPLE_US: i64 = 500_000;
/// Automatic downloads at a time.
const AT_ONCE: usize = 2;
/// Growth of the limit when the size of a too large file is not known.
const MORE: u64 = 4;

/// The state of a link's download.
#[derive(Debug, Clone, Default)]
pub enum Transfer {
    /// Not requested.
    #[default]
    None,
    /// It exceeds the limit, or did so far; requesting it again allows this many bytes.
    TooLarge(u64),
    /// It is being fetched.
    Running(Running),
    /// Cancelled by the user.
    Cancelled,
    /// It failed, as a sentence.
    Failed(String),
}

/// A transfer under way.
#[derive(Debug, Clone)]
pub struct Running {
    /// How far it is.
    pub progress: Progress,
    meter: Meter,
    sampled_us: i64,
    most: Option<u64>,
    unasked: bool,
    /// The message that was looked at when it began.
    pub(crate) message: u64,
    /// When it began, microseconds since the Unix epoch.
    pub(crate) since_us: i64,
}

impl Running {
    /// Bytes per second.
    pub fn rate(&self) -> f64 {
        self.meter.rate()
    }

    /// Per cent done, if the length is known.
    pub fn percent(&self) -> Option<u64> {
        let total = self.progress.total().filter(|total| *total > 0)?;
        Some((self.progress.done().min(total) as f64 / total as f64 * 100.0) as u64)
    }

    /// Microseconds left at the current rate.
    pub fn left_us(&self) -> Option<u64> {
        let left = self.progress.total()?.saturating_sub(self.progress.done());
        (self.rate() >= 1.0).then(|| (left as f64 / self.rate() * 1e6) as u64)
    }
}

/// One link.
#[derive(Debug, Clone, Default)]
pub struct Link {
    /// Size that the envelope declares.
    pub declared: Option<u64>,
    /// What the lookup found.
    pub facts: Option<LinkInfo>,
    /// Whether its server is being asked.
    pub asking: bool,
    /// The state of its download.
    pub transfer: Transfer,
    looked_up: bool,
}

impl Link {
    /// Its length, if known: the server's answer takes precedence over the envelope.
    pub fn size(&self) -> Option<u64> {
        let head = self.facts.as_ref().and_then(|facts| facts.head.as_ref());
        let said = head.and_then(|head| head.as_ref().ok()?.length);
        said.or(self.declared)
    }
}

/// The links of the opened message and those under way, by URL.
#[derive(Debug, Clone, Default)]
pub struct Links {
    policy: FetchPolicy,
    limit: u64,
    known: BTreeMap<String, Link>,
    /// Automatic downloads that have not started yet.
    waiting: VecDeque<String>,
    /// When the opened message starts to count as looked at.
    due_us: i64,
    /// The number of the opened message.
    message: u64,
}

impl Links {
    /// No links yet; each may have up to `limit` bytes unless the user asks for more.
    pub fn new(policy: FetchPolicy, limit: u64) -> Self {
        Self {
            policy,
            limit,
            ..Self::default()
        }
    }

    /// Maximum bytes per link.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// What is known of a link.
    pub fn get(&self, url: &str) -> Option<&Link> {
        self.known.get(url)
    }

    /// Those being fetched.
    pub fn running(&self) -> impl Iterator<Item = (&str, &Running)> {
        self.known.iter().filter_map(|(url, link)| match &link.transfer {
            Transfer::Running(running) => Some((url.as_str(), running)),
            _ => None,
        })
    }

    /// The download request of a link being fetched.
    pub fn request(&self, url: &str) -> Option<FetchRequest> {
        let link = self.get(url)?;
        let Transfer::Running(running) = &link.transfer else {
            return None;
        };
        Some(FetchRequest {
            url: url.to_owned(),
            declared: link.declared,
            most: running.most,
            progress: running.progress.clone(),
            unasked: running.unasked,
            ..FetchRequest::default()
        })
    }

    /// The message with this number and these links counts as looked at from `due_us` on; other links are forgotten.
    pub(crate) fn look_at(&mut self, message: u64, links: Vec<(String, Option<u64>)>, due_us: i64) {
        self.message = message;
        self.known.retain(|url, link| {
            matches!(link.transfer, Transfer::Running(_)) || links.iter().any(|(shown, _)| shown == url)
        });
        self.waiting.clear();
        self.due_us = due_us;
        for (url, declared) in links {
            let unasked =
                self.policy.allows_automatic(&url) && declared.is_none_or(|size| size <= self.limit);
            let link = self.known.entry(url.clone()).or_default();
            link.declared = declared;
            if unasked && matches!(link.transfer, Transfer::None) {
                self.waiting.push_back(url);
            }
        }
    }

    /// The user is looking at the message now.
    pub(crate) fn hurry(&mut self, now_us: i64) {
        self.due_us = self.due_us.min(now_us);
    }

    /// Microseconds until there is something to do for the selected message.
    pub(crate) fn due(&self, shown: Option<&str>, now_us: i64) -> Option<i64> {
        let link = shown.and_then(|url| self.get(url));
        let unknown = link.is_some_and(|link| !link.looked_up);
        let startable = !self.waiting.is_empty() && self.running().count() < AT_ONCE;
        (unknown || startable).then(|| (self.due_us - now_us).max(0))
    }

    /// The next automatic download, if one is due.
    pub(crate) fn next_unasked(&mut self, now_us: i64) -> Option<String> {
        if now_us < self.due_us || self.running().count() >= AT_ONCE {
            return None;
        }
        let url = self.waiting.pop_front()?;
        self.start(&url, None, true, now_us);
        Some(url)
    }

    /// Whether the link shown must be looked up now; true only once.
    pub(crate) fn must_look_up(&mut self, url: &str, now_us: i64) -> bool {
        let due = now_us >= self.due_us;
        let link = self.known.get_mut(url).filter(|link| due && !link.looked_up);
        link.map(|link| link.looked_up = true).is_some()
    }

    /// The user requests the link; returns whether the download starts. A file over the limit starts on the second
    /// request.
    pub(crate) fn want(&mut self, url: &str, now_us: i64) -> bool {
        let limit = self.limit;
        let Some(link) = self.known.get_mut(url) else {
            return false;
        };
        let most = match (&link.transfer, link.size()) {
            (Transfer::Running(_), _) => return false,
            (Transfer::TooLarge(most), _) => Some(*most),
            (_, Some(size)) if size > limit => {
                link.transfer = Transfer::TooLarge(size);
                return false;
            }
            _ => None,
        };
        self.waiting.retain(|waiting| waiting != url);
        self.start(url, most, false, now_us);
        true
    }

    /// The server of the link is being asked.
    pub(crate) fn ask(&mut self, url: &str) {
        if let Some(link) = self.known.get_mut(url) {
            (link.asking, link.looked_up) = (true, true);
        }
    }

    /// Stores the result of a lookup.
    pub(crate) fn learn(&mut self, url: &str, facts: LinkInfo) {
        let Some(link) = self.known.get_mut(url) else {
            return;
        };
        let asked = facts.head.is_some();
        // The server's answer must not be overwritten by a slower lookup that did not ask it.
        if asked || link.facts.as_ref().is_none_or(|known| known.head.is_none()) {
            link.facts = Some(facts);
        }
        link.asking &= !asked;
    }

    /// It is here, or a person stopped it; `false` if it was not being fetched.
    pub(crate) fn end(&mut self, url: &str, transfer: Transfer) -> bool {
        let link = self.known.get_mut(url);
        let Some(link) = link.filter(|link| matches!(link.transfer, Transfer::Running(_))) else {
            return false;
        };
        link.transfer = transfer;
        true
    }

    /// It failed; `false` if it was not being fetched.
    pub(crate) fn fail(&mut self, url: &str, why: &FetchError) -> bool {
        let transfer = match why.kind {
            FetchErrorKind::TooLarge { size, most } => {
                Transfer::TooLarge(size.unwrap_or(most.saturating_mul(MORE)))
            }
            _ => Transfer::Failed(why.to_string()),
        };
        self.end(url, transfer)
    }

    /// Samples the transfer rates.
    pub(crate) fn sample(&mut self, now_us: i64) {
        for link in self.known.values_mut() {
            if let Transfer::Running(running) = &mut link.transfer {
                let since = now_us - running.sampled_us;
                if since >= SAMPLE_US {
                    running.meter.sample(running.progress.done(), since as f64 / 1e6);
                    running.sampled_us = now_us;
                }
            }
        }
    }

    fn start(&mut self, url: &str, most: Option<u64>, unasked: bool, now_us: i64) {
        let mut meter = Meter::default();
        meter.sample(0, 0.0);
        if let Some(link) = self.known.get_mut(url) {
            link.transfer = Transfer::Running(Running {
                progress: Progress::default(),
                meter,
                sampled_us: now_us,
                most,
                unasked,
                message: self.message,
                since_us: now_us,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://host/file";

    fn links(declared: Option<u64>) -> Links {
        let mut links = Links::new(FetchPolicy::default(), 1000);
        links.look_at(1, vec![(URL.into(), declared)], 0);
        links
    }

    fn running(links: &Links) -> &Running {
        links.running().next().expect("it is being fetched").1
    }

    #[test]
    fn what_is_over_the_limit_is_fetched_when_asked_for_twice() {
        let mut links = links(Some(5000));
        assert!(!links.want(URL, 0));
        assert!(links.want(URL, 0));
        assert_eq!(links.request(URL).and_then(|request| request.most), Some(5000));
        assert!(!links.want(URL, 0), "it runs already");
    }

    #[test]
    fn what_turns_out_too_large_can_be_asked_for_again() {
        let mut links = links(None);
        assert!(links.want(URL, 0));
        let too_large = |size| FetchError::new(URL, FetchErrorKind::TooLarge { size, most: 1000 });
        assert!(links.fail(URL, &too_large(None)));
        assert!(links.want(URL, 0));
        assert_eq!(links.request(URL).and_then(|request| request.most), Some(4000));
        assert!(links.fail(URL, &too_large(Some(5000))));
        assert!(links.want(URL, 0));
        assert_eq!(links.request(URL).and_then(|request| request.most), Some(5000));
    }

    #[test]
    fn a_transfer_tells_its_rate_and_what_is_left() {
        let mut links = links(None);
        links.want(URL, 0);
        running(&links).progress.start(Some(1000));
        running(&links).progress.add(250);
        links.sample(1_000_000);
        let running = running(&links);
        assert_eq!(
            (running.percent(), running.left_us()),
            (Some(25), Some(3_000_000))
        );
        assert!((running.rate() - 250.0).abs() < 1e-6);
    }

    #[test]
    fn what_runs_outlives_its_message_and_the_rest_is_forgotten() {
        let mut links = links(None);
        links.want(URL, 0);
        links.look_at(2, vec![("http://host/other".into(), None)], 0);
        assert!(links.get(URL).is_some());
        assert!(links.end(URL, Transfer::Cancelled));
        links.look_at(3, vec![], 0);
        assert!(links.get(URL).is_none() && links.get("http://host/other").is_none());
    }
}
