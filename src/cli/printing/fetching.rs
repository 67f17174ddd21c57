//! Fetching links on the command line: which, how large, and progress.

use crate::cli::literals::{one_of, size};
use crate::cli::output;
use crate::cli::progress_line::Measure;
use clap::builder::TypedValueParser;
use natsbridge_app::Settings;
use natsbridge_engine::{FetchMode, Fetcher, LinkFetchOptions, Progress, clock};
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
    pub(super) fn asked(&self) -> bool {
        self.fetch == FetchMode::Always
    }

    /// Fetches links under these settings; the meter knows how far that is.
    pub(super) fn options(&self, settings: &Settings) -> (LinkFetchOptions, Meter) {
        let meter = Meter::default();
        let counted = meter.clone();
        let options = LinkFetchOptions {
            fetcher: Fetcher::new(settings.links.fetch.clone(), settings.limits.clone()),
            mode: self.fetch,
            most: self.fetch_limit,
            progress: Arc::new(move |url| counted.count(url)),
        };
        (options, meter)
    }
}

/// Counts the fetches under way; clones count together.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Vec<(String, Progress, Instant)>>>);

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

    /// When to tell how far the fetches are.
    pub fn ticks() -> Interval {
        let mut ticks = interval_at(Instant::from_std(clock::instant()) + PATIENCE, PATIENCE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    /// Forgets what has ended.
    pub fn settle(&self) {
        self.entries().clear();
    }

    /// Tells how far the oldest fetch is that has taken its time.
    pub fn tell(&self) {
        let entries = self.entries();
        let slow = entries.iter().find(|(_, progress, since)| {
            since.elapsed() >= PATIENCE && progress.total() != Some(progress.done())
        });
        if let Some((url, progress, since)) = slow {
            let (done, total, took) = (progress.done(), progress.total(), since.elapsed());
            output::note(&format!(
                "Fetching {url}: {}",
                Measure::bytes(done, total, took).text()
            ));
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<(String, Progress, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
