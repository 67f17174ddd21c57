//! Download handlers of `smartreceive`: the fetcher, and functions with the arguments that the document names.

use super::options::{LinkFetcher, ReceiveOptions};
use crate::fetch::{FetchRequest, Fetcher, shown_link};
use crate::http::Retry;
use crate::servers::{LinkError, UploadFuture};
use natsbridge_wire::Blob;
use std::time::Duration;

impl LinkFetcher for Fetcher {
    /// Whoever calls `smartreceive` asks for the links.
    fn fetch<'a>(&'a self, url: &'a str, options: &'a ReceiveOptions, _: &'a str) -> UploadFuture<'a, Blob> {
        Box::pin(async move {
            let request = FetchRequest {
                url: url.to_owned(),
                most: Some(options.limits.link_bytes),
                retry: Retry {
                    tries: options.max_retries,
                    first: options.base_delay,
                    longest: options.max_delay,
                },
                progress: (options.progress)(&shown_link(url)),
                ..FetchRequest::default()
            };
            Ok(self.download(&request).await?.blob)
        })
    }
}

/// A function as `fileserver_download_handler`: `url, max_retries, base_delay, max_delay, correlation_id`.
///
/// ```
/// use natsbridge_engine::{LinkError, ReceiveOptions};
/// use natsbridge_wire::Blob;
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// let shelf = |url: String, _: u32, _: Duration, _: Duration, _: String| async move {
///     match url.rsplit('/').next() {
///         Some("hello.txt") => Ok(Blob::from("hello")),
///         _ => Err(LinkError::handler(format!("{url} is not on the shelf"))),
///     }
/// };
/// let options = ReceiveOptions { fetcher: Some(Arc::new(shelf)), ..ReceiveOptions::default() };
/// ```
impl<F, R> LinkFetcher for F
where
    F: Fn(String, u32, Duration, Duration, String) -> R + Send + Sync,
    R: Future<Output = Result<Blob, LinkError>> + Send + 'static,
{
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        options: &'a ReceiveOptions,
        correlation_id: &'a str,
    ) -> UploadFuture<'a, Blob> {
        Box::pin(self(
            url.to_owned(),
            options.max_retries,
            options.base_delay,
            options.max_delay,
            correlation_id.to_owned(),
        ))
    }
}
