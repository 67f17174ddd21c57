//! The fetcher: downloads links under the policy and caches them for its lifetime.

use super::cache::{Shelf, Transfer};
use super::download::Download;
use super::error::{FetchError, FetchErrorKind};
use super::exchange::Exchange;
use super::fetched::{FetchRequest, Fetched, Head, LinkInfo};
use super::link_url::{LinkUrl, shortened};
use super::links::{Link, Links};
use super::policy::FetchPolicy;
use super::resolver::{Resolver, SystemResolver};
use crate::files::{temporary_blob, temporary_file};
use crate::lock::lock;
use crate::wording::Cause;
use bytes::Bytes;
use natsbridge_wire::Limits;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, HeaderMap};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::watch;

/// Downloads links; clones share what was downloaded, which is kept for the life of the last of them.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{FetchRequest, Fetcher};
/// let fetcher = Fetcher::default();
/// let request = FetchRequest { url: "http://localhost:8080/file/a/b/c.bin".into(), ..FetchRequest::default() };
/// let fetched = fetcher.download(&request).await?;
/// println!("{} bytes in {:?}", fetched.blob.len(), fetched.took);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Fetcher {
    policy: FetchPolicy,
    limits: Limits,
    resolver: Arc<dyn Resolver>,
    shelf: Arc<Mutex<Shelf>>,
}

impl Default for Fetcher {
    /// One under the default rules: nothing is fetched unasked.
    fn default() -> Self {
        Self::new(FetchPolicy::default(), Limits::in_force().clone())
    }
}

impl Fetcher {
    /// A fetcher with an empty cache.
    pub fn new(policy: FetchPolicy, limits: Limits) -> Self {
        Self {
            policy,
            limits,
            resolver: Arc::new(SystemResolver),
            shelf: Arc::default(),
        }
    }

    /// The same, asking this resolver for addresses.
    #[must_use]
    pub fn with_resolver(self, resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver, ..self }
    }

    /// The rules in force.
    pub fn policy(&self) -> &FetchPolicy {
        &self.policy
    }

    /// What was downloaded from that link before.
    pub fn cached(&self, url: &str) -> Option<Fetched> {
        let target = LinkUrl::parse(url).ok()?;
        self.shelf().kept(target.url().as_str())
    }

    /// Stores bytes as the content of that link, as if they had been downloaded; large ones go to a temporary file.
    /// Fails if the link could not be fetched at all, or the file cannot be written.
    pub fn keep(&self, url: &str, bytes: Bytes) -> io::Result<()> {
        let target = LinkUrl::parse(url).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        let blob = if bytes.len() > self.limits.link_memory {
            let mut file = temporary_file()?;
            file.write_all(&bytes)?;
            temporary_blob(file, None)?
        } else {
            bytes.into()
        };
        let fetched = Fetched {
            blob,
            ..Fetched::default()
        };
        let key = target.url().as_str().to_owned();
        self.shelf().keep(key, fetched, self.limits.link_cache);
        Ok(())
    }

    /// What is known of a link; asks its server (HTTP HEAD, under the same rules) only if `ask`.
    pub async fn facts(&self, url: &str, ask: bool) -> LinkInfo {
        let target = match LinkUrl::parse(url) {
            Ok(target) => target,
            Err(error) => {
                return LinkInfo {
                    url: shortened(url),
                    refused: Some(error),
                    ..LinkInfo::default()
                };
            }
        };
        let exchange = self.exchange(false);
        let resolved = exchange.addresses(&target).await;
        let refused = resolved.as_ref().err().cloned();
        let head = match (ask, &refused) {
            (true, None) => Some(head(&exchange, &target).await),
            _ => None,
        };
        LinkInfo {
            url: target.shown(),
            host: target.host_and_port(),
            allowed: refused.is_none() && self.policy.lists(&target),
            cached: self.shelf().keeps(target.url().as_str()),
            addresses: resolved.unwrap_or_default(),
            refused,
            head,
        }
    }

    /// Downloads a link, with the document's retries. Dropping the future cancels it, unless others wait for the same
    /// link: it is downloaded once for all of them.
    pub async fn download(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        let target = LinkUrl::parse(&request.url)?;
        let key = target.url().as_str().to_owned();
        let most = request.most.unwrap_or(self.limits.link_bytes);
        if request.unasked && !self.policy.lists(&target) {
            let host = target.host_and_port();
            return Err(target.failed(FetchErrorKind::NotAllowed { host }));
        }
        let transfer = {
            let mut shelf = self.shelf();
            if let Some(fetched) = shelf.kept(&key) {
                return Ok(fetched);
            }
            let size = request.declared.filter(|size| *size > most);
            if size.is_some() {
                return Err(target.failed(FetchErrorKind::TooLarge { size, most }));
            }
            shelf.running(&key, most, request.unasked).unwrap_or_else(|| {
                let download = Download {
                    exchange: self.exchange(request.unasked),
                    target: target.clone(),
                    most,
                    retry: request.retry,
                    progress: request.progress.clone(),
                    digest: request.digest,
                };
                let transfer = self.start(key.clone(), download);
                shelf.started(key, &transfer);
                transfer
            })
        };
        let mut outcome = transfer.outcome.clone();
        let ended = outcome.wait_for(Option::is_some).await;
        ended.ok().and_then(|ended| ended.clone()).unwrap_or_else(|| {
            let why = Cause::of("the program is shutting down");
            Err(target.failed(FetchErrorKind::Unable(why)))
        })
    }

    /// Starts a download as a task of its own: whoever waits for it may be busy with something else.
    fn start(&self, key: String, download: Download) -> Arc<Transfer> {
        let (ended, outcome) = watch::channel(None);
        let (most, unasked) = (download.most, download.exchange.unasked);
        let shelf = Arc::clone(&self.shelf);
        let cache = self.limits.link_cache;
        let task = tokio::spawn(async move {
            let end = download.run().await;
            if let Ok(fetched) = &end {
                lock(&shelf).keep(key, fetched.clone(), cache);
            }
            ended.send_replace(Some(end));
        });
        Arc::new(Transfer {
            task: task.abort_handle(),
            outcome,
            most,
            unasked,
        })
    }

    fn exchange(&self, unasked: bool) -> Exchange {
        Exchange {
            policy: self.policy.clone(),
            limits: self.limits.clone(),
            resolver: Arc::clone(&self.resolver),
            unasked,
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        lock(&self.shelf)
    }
}

impl Links for Fetcher {
    /// Nobody was to fetch what is not here.
    fn link(&self, url: &str) -> Link<'_> {
        self.cached(url).map_or(Link::Unasked, Link::Fetched)
    }
}

async fn head(exchange: &Exchange, target: &LinkUrl) -> Result<Head, FetchError> {
    let response = exchange.open(Method::HEAD, target, HeaderMap::new()).await?;
    let length = response.headers().get(CONTENT_LENGTH);
    Ok(Head {
        status: response.status().as_u16(),
        length: length.and_then(|length| length.to_str().ok()?.parse().ok()),
    })
}
