//! Fetching links on the command line: which, how large, and progress. Messages keep their order while their links
//! are fetched.

use crate::cli::literals::{one_of, size};
use crate::cli::output;
use clap::builder::TypedValueParser;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use natsbridge_app::Settings;
use natsbridge_engine::{
    FetchMode, Fetcher, LinkFetchOptions, MessageLinks, Progress, StoredMessage, clock, grouped,
};
use natsbridge_wire::Limits;
use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// A longer fetch reports its progress, and again after each such period.
const PATIENCE: Duration = Duration::from_secs(1);

/// Flags of the verbs that print messages.
#[derive(Debug, Clone, clap::Args)]
pub struct FetchArgs {
    /// Which links are fetched; if one cannot be, the exit code is 4
    #[arg(long, value_name = "WHICH", value_parser = fetch_modes(), default_value = "allowed")]
    fetch: FetchMode,
    /// Largest file to fetch [default: the limit in the settings]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    fetch_limit: Option<u64>,
}

/// The values of `--fetch`.
pub fn fetch_modes() -> impl TypedValueParser<Value = FetchMode> {
    let always = "All http and https links; a one-shot link is then gone for its receiver";
    one_of(vec![
        ("never", "None", FetchMode::Never),
        (
            "allowed",
            "Links to hosts listed in allowed_hosts in the settings",
            FetchMode::Allowed,
        ),
        ("always", always, FetchMode::Always),
    ])
}

impl FetchArgs {
    /// Whether links were explicitly requested.
    pub fn asked(&self) -> bool {
        self.fetch == FetchMode::Always
    }

    /// Fetches links under these settings.
    pub fn ahead(&self, settings: &Settings) -> LookAhead {
        let meter = Arc::new(Meter::default());
        let counted = Arc::clone(&meter);
        let mut ticks = interval_at(Instant::from_std(clock::instant()) + PATIENCE, PATIENCE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        LookAhead {
            fetching: LinkFetchOptions {
                fetcher: Fetcher::new(settings.links.fetch.clone(), settings.limits.clone()),
                mode: self.fetch,
                most: self.fetch_limit,
                progress: Arc::new(move |url| counted.count(url)),
            },
            limits: settings.limits.clone(),
            messages: VecDeque::new(),
            links: FuturesOrdered::new(),
            meter,
            ticks,
            tells: std::io::stderr().is_terminal(),
        }
    }
}

/// Messages whose links are being fetched, in the order in which they came.
pub struct LookAhead {
    fetching: LinkFetchOptions,
    limits: Limits,
    messages: VecDeque<StoredMessage>,
    links: FuturesOrdered<BoxFuture<'static, MessageLinks>>,
    meter: Arc<Meter>,
    ticks: Interval,
    /// Whether somebody looks at standard error.
    tells: bool,
}

impl LookAhead {
    /// Whether the queue is full for now.
    pub fn is_full(&self) -> bool {
        self.messages.len() >= self.limits.links_ahead
    }

    /// Whether no message waits.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Puts a message in and starts to fetch its links.
    pub fn push(&mut self, message: StoredMessage) {
        let (fetching, limits) = (self.fetching.clone(), self.limits.clone());
        let raw = message.payload.clone();
        self.messages.push_back(message);
        self.links
            .push_back(Box::pin(async move { fetching.links_of(&raw, &limits).await }));
    }

    /// The oldest message, once its links are there; waits for ever if there is none.
    pub async fn next(&mut self) -> (StoredMessage, MessageLinks) {
        loop {
            tokio::select! {
                Some(links) = self.links.next() => {
                    if let Some(message) = self.messages.pop_front() {
                        if self.messages.is_empty() {
                            self.meter.settle();
                        }
                        return (message, links);
                    }
                }
                _ = self.ticks.tick(), if self.tells => self.meter.tell(),
                else => std::future::pending().await,
            }
        }
    }

    /// Cancels fetching; returns the messages that were waiting.
    pub fn give_up(&mut self) -> VecDeque<StoredMessage> {
        self.links.clear();
        std::mem::take(&mut self.messages)
    }
}

/// Counts the fetches under way.
#[derive(Debug, Default)]
struct Meter(Mutex<Vec<(String, Progress, Instant)>>);

impl Meter {
    fn count(&self, url: &str) -> Progress {
        let progress = Progress::default();
        let counted = (
            url.to_owned(),
            progress.clone(),
            Instant::from_std(clock::instant()),
        );
        self.entries().push(counted);
        progress
    }

    /// Forgets what has ended.
    fn settle(&self) {
        self.entries().clear();
    }

    /// Tells how far the oldest fetch is that has taken its time.
    fn tell(&self) {
        let entries = self.entries();
        let slow = entries.iter().find(|(_, progress, since)| {
            since.elapsed() >= PATIENCE && progress.total() != Some(progress.done())
        });
        if let Some((url, progress, _)) = slow {
            let done = grouped(progress.done());
            let of = progress.total().map(|total| format!(" of {}", grouped(total)));
            output::note(&format!(
                "Fetching {url}: {done}{} bytes.",
                of.unwrap_or_default()
            ));
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<(String, Progress, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
