//! Fetching links on the command line: which, how large, and progress. Messages keep their order while their links
//! are fetched.

use crate::cli::literals::size;
use crate::cli::output;
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
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// A longer fetch reports its progress, and again after each such period.
const PATIENCE: Duration = Duration::from_secs(1);

/// Flags of the verbs that print messages.
#[derive(Debug, Clone, clap::Args)]
pub struct FetchArgs {
    /// Which links are fetched; if one cannot be, the exit code is 4
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Which::Allowed)]
    fetch: Which,
    /// Largest file to fetch [default: the limit in the settings]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    fetch_limit: Option<u64>,
}

/// The values of `--fetch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    /// None
    Never,
    /// Links to hosts listed in allowed_hosts in the settings
    Allowed,
    /// All http and https links; a one-shot link is then gone for its receiver
    Always,
}

impl Which {
    /// The same for the engine.
    pub fn mode(self) -> FetchMode {
        match self {
            Self::Never => FetchMode::Never,
            Self::Allowed => FetchMode::Allowed,
            Self::Always => FetchMode::Always,
        }
    }
}

impl FetchArgs {
    /// Whether links were explicitly requested.
    pub fn asked(&self) -> bool {
        self.fetch == Which::Always
    }

    /// Fetches links under these settings.
    pub fn ahead(&self, settings: &Settings) -> LookAhead {
        let meter = Arc::new(Meter::default());
        let counted = Arc::clone(&meter);
        LookAhead {
            fetching: LinkFetchOptions {
                fetcher: Fetcher::new(settings.links.fetch.clone(), settings.limits.clone()),
                mode: self.fetch.mode(),
                most: self.fetch_limit,
                progress: Arc::new(move |url| counted.count(url)),
            },
            limits: settings.limits.clone(),
            messages: VecDeque::new(),
            links: FuturesOrdered::new(),
            meter,
            ticks: ticks(),
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
    ticks: Option<Interval>,
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
                () = tick(self.ticks.as_mut()) => self.meter.tell(),
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

/// Ticks where somebody looks at standard error.
fn ticks() -> Option<Interval> {
    let mut ticks = std::io::stderr()
        .is_terminal()
        .then(|| interval_at(Instant::from_std(clock::instant()) + PATIENCE, PATIENCE))?;
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Some(ticks)
}

async fn tick(ticks: Option<&mut Interval>) {
    match ticks {
        Some(ticks) => drop(ticks.tick().await),
        None => std::future::pending().await,
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
        self.entries(|entries| entries.push(counted));
        progress
    }

    /// Forgets what has ended.
    fn settle(&self) {
        self.entries(Vec::clear);
    }

    /// Tells how far the oldest fetch is that has taken its time.
    fn tell(&self) {
        let told = self.entries(|entries| {
            let (url, progress, _) = entries.iter().find(|(_, progress, since)| {
                since.elapsed() >= PATIENCE && progress.total() != Some(progress.done())
            })?;
            let done = grouped(progress.done());
            let of = progress.total().map(|total| format!(" of {}", grouped(total)));
            Some(format!("Fetching {url}: {done}{} bytes.", of.unwrap_or_default()))
        });
        if let Some(told) = told {
            output::note(&told);
        }
    }

    fn entries<T>(&self, with: impl FnOnce(&mut Vec<(String, Progress, Instant)>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
