//! One request for a link: each hop is checked, resolved once, and connected to at exactly the addresses that were
//! checked. Reading bodies happens elsewhere.

use super::error::{FetchError, FetchErrorKind};
use super::link_url::LinkUrl;
use super::policy::FetchPolicy;
use super::resolver::Resolver;
use crate::http::client as http;
use crate::wording::{Cause, causes};
use natsbridge_wire::Limits;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, LOCATION};
use reqwest::{Method, Response, StatusCode};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::time::timeout;

/// What a request is made under.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) policy: FetchPolicy,
    pub(super) limits: Limits,
    pub(super) resolver: Arc<dyn Resolver>,
    /// Not requested by the user: redirects to other servers need their host allowed too.
    pub(super) unasked: bool,
}

impl Exchange {
    /// Asks for a link with these headers, over its redirects, up to the head of the answer.
    pub(super) async fn open(
        &self,
        method: Method,
        link: &LinkUrl,
        headers: HeaderMap,
    ) -> Result<Response, FetchError> {
        let mut target = link.clone();
        for _ in 0..=self.limits.link_redirects {
            let addresses = self.addresses(&target).await?;
            let request = (method.clone(), headers.clone());
            let response = self.send(request, &target, addresses).await?;
            let Some(location) = redirect(&response) else {
                return Ok(response);
            };
            let next = target.join(&location)?;
            if self.unasked && !next.same_server(&target) && !self.policy.lists(&next) {
                let host = next.host_and_port();
                return Err(link.failed(FetchErrorKind::NotAllowed { host }));
            }
            target = next;
        }
        let why = format!("there are more than {} redirects", self.limits.link_redirects);
        Err(link.failed(FetchErrorKind::BadRedirect(Cause::of(why))))
    }

    /// The addresses of a link's host, all of them permitted.
    pub(super) async fn addresses(&self, target: &LinkUrl) -> Result<Vec<IpAddr>, FetchError> {
        self.policy.check_name(target)?;
        let addresses = match target.literal() {
            Some(address) => vec![address],
            None => self.resolve(target).await?,
        };
        self.policy.check_addresses(target, &addresses)?;
        Ok(addresses)
    }

    async fn resolve(&self, target: &LinkUrl) -> Result<Vec<IpAddr>, FetchError> {
        let host = target.host();
        let why = match timeout(self.limits.connect_time, self.resolver.resolve(&host)).await {
            Ok(Ok(addresses)) if !addresses.is_empty() => return Ok(addresses),
            Ok(Ok(_)) => Cause::of("the name resolves to nothing"),
            Ok(Err(error)) => Cause::of(error),
            Err(_) => Cause::of(format!(
                "the resolver did not answer within {:?}",
                self.limits.connect_time
            )),
        };
        Err(target.failed(FetchErrorKind::NoAddress { host, why }))
    }

    async fn send(
        &self,
        (method, headers): (Method, HeaderMap),
        target: &LinkUrl,
        addresses: Vec<IpAddr>,
    ) -> Result<Response, FetchError> {
        let unable = |error| target.failed(FetchErrorKind::Unable(Cause::of(error)));
        let builder = http::builder(&self.limits).map_err(unable)?;
        // A client per hop: it only knows these addresses, whatever name it is asked for.
        let builder = builder
            .dns_resolver(PinnedClient(addresses))
            .pool_max_idle_per_host(0);
        let client = http::build(builder).map_err(unable)?;
        let asked = client
            .request(method, target.url().clone())
            .headers(headers)
            .header(ACCEPT_ENCODING, "identity")
            .send();
        let patience = self.limits.connect_time + self.limits.link_idle;
        match timeout(patience, asked).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(target.failed(failed(error, &self.limits))),
            Err(_) => {
                let why = format!("the server did not answer within {patience:?}");
                Err(target.failed(FetchErrorKind::Unreachable(Cause::of(why))))
            }
        }
    }
}

/// Gives the checked addresses, whoever asks.
struct PinnedClient(Vec<IpAddr>);

impl Resolve for PinnedClient {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Vec<_> = self
            .0
            .iter()
            .map(|address| SocketAddr::new(*address, 0))
            .collect();
        Box::pin(std::future::ready(Ok(Box::new(addresses.into_iter()) as Addrs)))
    }
}

/// Where an answer sends us on to.
fn redirect(response: &Response) -> Option<String> {
    let redirects = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = response.headers().get(LOCATION).filter(|_| redirects)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// The meaning of a failed request.
fn failed(error: reqwest::Error, limits: &Limits) -> FetchErrorKind {
    let kind = if caused_by_tls(&error) {
        FetchErrorKind::Untrusted
    } else if is_no_http(&error) {
        FetchErrorKind::NotHttp
    } else {
        FetchErrorKind::Unreachable
    };
    kind(if error.is_timeout() && error.is_connect() {
        Cause::of(format!("no connection within {:?}", limits.connect_time))
    } else {
        Cause::root(error.without_url())
    })
}

/// Whether the response is not HTTP, or has unreasonably large headers.
pub(super) fn is_no_http(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_parse))
}

fn caused_by_tls(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        matches!(
            cause.downcast_ref::<rustls::Error>(),
            Some(rustls::Error::InvalidCertificate(_))
        )
    })
}
