//! Probes: empty messages to ourselves that show that the broker still answers, and how fast. The client's own
//! `flush` only writes, and its pings are not timed.

use std::time::Duration;

const MARK: &str = ".natsbridge-probe.";

/// Whether a message is a probe, ours or another workbench's: an empty one on a probe's subject, so it cannot hide
/// anything.
pub(crate) fn is_probe(message: &async_nats::Message) -> bool {
    message.payload.is_empty() && message.headers.is_none() && message.subject.contains(MARK)
}

/// The place our probes come back to.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    nats: async_nats::Client,
    inbox: String,
}

impl Probe {
    /// A fresh place; listens there.
    pub(crate) async fn start(
        nats: &async_nats::Client,
        within: Duration,
    ) -> Option<(Self, async_nats::Subscriber)> {
        let inbox = nats.new_inbox();
        let (prefix, id) = inbox.rsplit_once('.')?;
        let inbox = format!("{prefix}{MARK}{id}");
        let subscribing = nats.subscribe(format!("{inbox}.*"));
        let subscriber = tokio::time::timeout(within, subscribing).await.ok()?.ok()?;
        let nats = nats.clone();
        Some((Self { nats, inbox }, subscriber))
    }

    /// Sends probe number `number`; false if it could not even be handed over in time.
    pub(crate) async fn send(&self, number: u64, within: Duration) -> bool {
        let sending = async {
            self.nats
                .publish(format!("{}.{number}", self.inbox), bytes::Bytes::new())
                .await
                .ok()?;
            self.nats.flush().await.ok()
        };
        matches!(tokio::time::timeout(within, sending).await, Ok(Some(())))
    }

    /// Whether this subject or pattern is our place.
    pub(crate) fn owns(&self, subject: &str) -> bool {
        subject.starts_with(&self.inbox)
    }
}

/// The number of a probe that came back.
pub(crate) fn probe_number(message: &async_nats::Message) -> Option<u64> {
    message.subject.rsplit_once('.')?.1.parse().ok()
}
