//! Probes: empty messages to ourselves that show that the broker still answers, and how fast. The client's own
//! `flush` only writes, and its pings are not timed.

use super::heard::Heard;
use crate::clock;
use crate::connect::Denial;
use async_nats::Subscriber;
use futures_util::{FutureExt, StreamExt};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::unconstrained;
use tokio::time::timeout;

const MARK: &str = ".natsbridge-probe.";

/// Whether a message is a probe, ours or another workbench's: an empty one on a probe's subject, so it cannot hide
/// anything.
pub(crate) fn is_probe(subject: &str, has_headers: bool, payload: &[u8]) -> bool {
    payload.is_empty() && !has_headers && subject.contains(MARK)
}

/// The place our probes come back to.
#[derive(Debug, Clone)]
struct Probe {
    nats: async_nats::Client,
    inbox: String,
}

impl Probe {
    /// A fresh place; listens there.
    async fn start(nats: &async_nats::Client, within: Duration) -> Option<(Self, Subscriber)> {
        let inbox = nats.new_inbox();
        let (prefix, id) = inbox.rsplit_once('.')?;
        let inbox = format!("{prefix}{MARK}{id}");
        let subscribing = nats.subscribe(format!("{inbox}.*"));
        let subscriber = timeout(within, subscribing).await.ok()?.ok()?;
        let nats = nats.clone();
        Some((Self { nats, inbox }, subscriber))
    }

    /// Sends probe number `number`; false if it could not even be handed over in time.
    async fn send(&self, number: u64, within: Duration) -> bool {
        let sending = async {
            self.nats
                .publish(format!("{}.{number}", self.inbox), bytes::Bytes::new())
                .await
                .ok()?;
            self.nats.flush().await.ok()
        };
        matches!(timeout(within, sending).await, Ok(Some(())))
    }

    /// Whether this subject or pattern is our place.
    fn owns(&self, subject: &str) -> bool {
        subject.starts_with(&self.inbox)
    }
}

/// The probes of one connection, sent one after the other.
#[derive(Debug)]
pub(super) struct RoundTrips {
    probe: Probe,
    back: Subscriber,
    number: u64,
    /// How many have come back.
    returned: u64,
    /// When the last answered probe was sent.
    pub(super) answered: Option<Instant>,
}

impl RoundTrips {
    /// None sent yet; listens for them.
    pub(super) async fn start(nats: &async_nats::Client, within: Duration) -> Option<Self> {
        let (probe, back) = Probe::start(nats, within).await?;
        Some(Self {
            probe,
            back,
            number: 0,
            returned: 0,
            answered: None,
        })
    }

    /// How many have come back, late ones included.
    pub(super) fn returned(&mut self) -> u64 {
        while let Some(Some(_)) = unconstrained(self.back.next()).now_or_never() {
            self.returned += 1;
        }
        self.returned
    }

    /// How long the next one takes; `None` if it does not come back in time, or the broker does not permit it.
    pub(super) async fn next(
        &mut self,
        within: Duration,
        mut heard: watch::Receiver<Heard>,
    ) -> Option<Duration> {
        self.number += 1;
        let start = clock::instant();
        let answer = async {
            if !self.probe.send(self.number, within).await {
                return None;
            }
            while let Some(message) = self.back.next().await {
                self.returned += 1;
                if probe_number(&message) == Some(self.number) {
                    self.answered = Some(start);
                    return Some(start.elapsed());
                }
            }
            None
        };
        let owns = |denial: &Denial| self.probe.owns(&denial.subject);
        let denied = heard.wait_for(|heard| heard.denials.iter().any(owns));
        tokio::select! {
            answer = timeout(within, answer) => answer.ok().flatten(),
            Ok(_) = denied => None,
        }
    }
}

/// The number of a probe that came back.
fn probe_number(message: &async_nats::Message) -> Option<u64> {
    message.subject.rsplit_once('.')?.1.parse().ok()
}
