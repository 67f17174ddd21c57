//! The links of one message: which of them are fetched, and what is known of each.

use super::error::FetchError;
use super::fetched::{FetchRequest, Fetched};
use super::fetcher::Fetcher;
use super::link_url::shown_link;
use super::links::{Link, Links};
use super::policy::FetchMode;
use crate::http::Progress;
use futures_util::{StreamExt, stream};
use natsbridge_wire::{Data, Limits, Transport, read_with, scan};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// How the links of messages are fetched; clones share the fetcher.
#[derive(Clone)]
pub struct LinkFetchOptions {
    /// Downloads them.
    pub fetcher: Fetcher,
    /// Which of them.
    pub mode: FetchMode,
    /// Most bytes per link; `None` takes the limit.
    pub most: Option<u64>,
    /// Gives the progress in which a link's download is counted; it is asked with the URL as people may see it.
    pub progress: Arc<dyn Fn(&str) -> Progress + Send + Sync>,
}

impl fmt::Debug for LinkFetchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetching")
            .field("fetcher", &self.fetcher)
            .field("mode", &self.mode)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

/// The content of a message's links.
#[derive(Debug, Clone, Default)]
pub struct MessageLinks {
    outcomes: HashMap<String, Result<Fetched, FetchError>>,
    /// Why the others were not fetched, if that is known.
    left_out: Option<&'static str>,
}

impl LinkFetchOptions {
    /// Fetches the links of a message, several at a time. Nearly free if it has none.
    pub async fn links_of(&self, raw: &[u8], limits: &Limits) -> MessageLinks {
        let requests = self.requests(raw, limits);
        let fetching = requests.into_iter().map(async |(url, request)| {
            let outcome = self.fetcher.download(&request).await;
            (url, outcome)
        });
        let fetched = stream::iter(fetching).buffer_unordered(limits.links_at_once);
        MessageLinks {
            outcomes: fetched.collect().await,
            ..self.unfetched()
        }
    }

    /// What is known of links that are not fetched at all.
    pub fn unfetched(&self) -> MessageLinks {
        MessageLinks {
            outcomes: HashMap::new(),
            left_out: match self.mode {
                FetchMode::Never => Some("fetching links is turned off"),
                FetchMode::Allowed => Some("its host is not in allowed_hosts under [links] in the settings"),
                FetchMode::Always => None,
            },
        }
    }

    fn requests(&self, raw: &[u8], limits: &Limits) -> HashMap<String, FetchRequest> {
        if self.mode == FetchMode::Never || raw.len() > limits.direct_message || scan(raw).links == 0 {
            return HashMap::new();
        }
        let Some((_, envelope)) = read_with(raw, limits).envelope else {
            return HashMap::new();
        };
        let mut requests = HashMap::new();
        for payload in &envelope.payloads {
            let (Transport::Link, Data::Text(url)) = (payload.transport, &payload.data) else {
                continue;
            };
            let unasked = self.mode == FetchMode::Allowed;
            if !unasked || self.fetcher.policy().allows_automatic(url) {
                let request = FetchRequest {
                    url: url.to_string(),
                    declared: payload.size,
                    most: self.most,
                    progress: (self.progress)(&shown_link(url)),
                    unasked,
                    digest: true,
                    ..FetchRequest::default()
                };
                requests.insert(url.to_string(), request);
            }
        }
        requests
    }
}

impl MessageLinks {
    /// Whether a link could not be fetched.
    pub fn failed(&self) -> bool {
        self.outcomes.values().any(Result::is_err)
    }
}

impl Links for MessageLinks {
    fn link(&self, url: &str) -> Link<'_> {
        match self.outcomes.get(url) {
            None => Link::NotFetched(self.left_out),
            Some(Ok(fetched)) => Link::Fetched(fetched.clone()),
            Some(Err(error)) => Link::Failed(error),
        }
    }
}
