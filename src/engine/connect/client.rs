//! The only place that creates async-nats clients: options, events as signals, errors as sentences.

use super::address::without_scheme;
use super::auth::answer;
use super::credentials::Credentials;
use super::error::ConnectError;
use super::failure::{explain, timed_out};
use super::options::ConnectOptions;
use super::servers::{Turns, first_to_accept};
use super::tls;
use super::tls::HandshakeObserver;
use crate::wording::Cause;
use async_nats::{AuthError, ClientError, Event, ReconnectToServer, ServerAddr, ServerError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::mpsc;

/// Signals that may be queued; more are dropped, as the client itself does.
const SIGNALS: usize = 512;
/// After this many refusals in a row, a client that reconnects by itself stops sending its credentials: more attempts
/// would only lock the account.
const REFUSALS: u32 = 3;

/// What a client reports besides messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The connection is gone.
    Disconnected,
    /// A queue was full and a message was dropped.
    SlowConsumer,
    /// A permission is missing.
    Denied(Denial),
    /// It has ended, because it was asked to.
    Closed,
}

/// A missing permission.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Denial {
    /// Publishing (else subscribing).
    pub(crate) publish: bool,
    /// The subject or pattern.
    pub(crate) subject: String,
}

/// A connected client.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) nats: async_nats::Client,
    pub(crate) signals: mpsc::Receiver<Signal>,
    pub(crate) turns: Turns,
}

/// Connects to the first server that accepts us; a lost connection goes over to the next one. Every step has a timeout.
pub(crate) async fn open(options: &ConnectOptions) -> Result<Client, ConnectError> {
    first_to_accept(options, |server| open_one(options, server)).await
}

/// Detects, without a server, whether these options can ever connect: unreadable files, certificates without keys.
pub(crate) fn check(options: &ConnectOptions) -> Result<(), ConnectError> {
    answer(&options.credentials, b"")?;
    tls::config(&options.tls, &Arc::default()).map(drop)
}

async fn open_one(options: &ConnectOptions, server: &str) -> Result<Client, ConnectError> {
    let limits = &options.limits;
    let place = without_scheme(server);
    let witness = Arc::new(HandshakeObserver::default());
    let (sender, signals) = mpsc::channel(SIGNALS);
    let refusals = Arc::new(AtomicU32::new(0));
    let turns = Turns::new(options, server);
    let (in_turn, accepted) = (turns.clone(), turns.clone());
    let mut nats = authenticated(&options.credentials, refusals.clone())
        .name(&options.name)
        .ping_interval(limits.ping_interval)
        .connection_timeout(limits.connect_time)
        .request_timeout(Some(limits.connect_time))
        .subscription_capacity(limits.subscription_queue)
        .client_capacity(limits.client_queue)
        // Whoever can announce a server would get our credentials: only those given are used, each as it was given.
        .ignore_discovered_servers()
        .require_tls(options.tls.wanted())
        .tls_client_config(tls::config(&options.tls, &witness)?)
        .reconnect_to_server_callback(move |servers, _| {
            let (index, pause) = in_turn.next();
            std::future::ready(servers.get(index).map(|server| ReconnectToServer {
                addr: server.addr.clone(),
                delay: Some(pause),
            }))
        })
        .event_callback(move |event| {
            count(&event, &refusals);
            if event == Event::Connected {
                accepted.accepted();
            }
            if let Some(signal) = signal(event) {
                sender.try_send(signal).ok();
            }
            std::future::ready(())
        });
    if options.tls.first {
        nats = nats.tls_first();
    }
    if let Some(prefix) = &options.inbox_prefix {
        nats = nats.custom_inbox_prefix(prefix);
    }
    let servers = options.servers.iter().map(|server| server.parse());
    let servers = servers.collect::<Result<Vec<ServerAddr>, _>>().map_err(|error| {
        ConnectError::options(format!("{} cannot be connected to: {error}", options.address()))
    })?;
    // The client's own timeout starts after name resolution, and anew for each address of the name.
    let patience = limits.connect_time * 2;
    match tokio::time::timeout(patience, Box::pin(nats.connect(servers))).await {
        Ok(Ok(nats)) => Ok(Client { nats, signals, turns }),
        Ok(Err(error)) => {
            Err(explain(error.kind(), &error, place, options, &witness).because(Cause::of(error)))
        }
        Err(_) => Err(timed_out(place, patience, &options.tls)),
    }
}

/// Signs the broker's nonce at each connect, so that a replaced file takes effect the next time. The client never
/// holds the secrets themselves, nor a URL with user info, because it would log them.
fn authenticated(credentials: &Credentials, refusals: Arc<AtomicU32>) -> async_nats::ConnectOptions {
    let credentials = credentials.clone();
    async_nats::ConnectOptions::with_auth_callback(move |nonce| {
        std::future::ready(match refusals.load(Ordering::Relaxed) {
            ..REFUSALS => answer(&credentials, &nonce).map_err(AuthError::new),
            _ => Err(AuthError::new("refused repeatedly")),
        })
    })
}

/// Counts refusals in a row of a client that reconnects.
fn count(event: &Event, refusals: &AtomicU32) {
    match event {
        Event::Connected => refusals.store(0, Ordering::Relaxed),
        Event::ClientError(ClientError::Other(text)) if text.contains("authorization violation") => {
            refusals.fetch_add(1, Ordering::Relaxed);
        }
        _ => {}
    }
}

fn signal(event: Event) -> Option<Signal> {
    match event {
        Event::Disconnected => Some(Signal::Disconnected),
        Event::SlowConsumer(_) => Some(Signal::SlowConsumer),
        Event::ServerError(ServerError::Other(text)) => denial(&text).map(Signal::Denied),
        Event::Closed => Some(Signal::Closed),
        Event::ServerError(_)
        | Event::ClientError(_)
        | Event::Connected
        | Event::Draining
        | Event::LameDuckMode => None,
    }
}

/// Reads `Permissions Violation for Subscription to "a.b"` (and `Publish`), in any case the broker likes.
pub(crate) fn denial(text: &str) -> Option<Denial> {
    let (head, rest) = text.split_once('"')?;
    let head = head.to_ascii_lowercase();
    let publish = head.starts_with("permissions violation for publish");
    if !publish && !head.starts_with("permissions violation for subscription") {
        return None;
    }
    // A subject cannot contain white space but may contain quotes: its closing quote is followed by white space or
    // the end.
    let word = rest.split_whitespace().next()?;
    let subject = word.strip_suffix('"').unwrap_or(word).to_owned();
    Some(Denial { publish, subject })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_read_from_the_brokers_words() {
        for (text, publish, subject) in [
            (r#"Permissions Violation for Subscription to "a.>""#, false, "a.>"),
            (
                r#"Permissions Violation for Subscription to "a" using queue "q""#,
                false,
                "a",
            ),
            (r#"permissions violation for publish to "x"y""#, true, "x\"y"),
        ] {
            assert_eq!(
                denial(text),
                Some(Denial {
                    publish,
                    subject: subject.into()
                }),
                "{text}"
            );
        }
        assert_eq!(denial("Maximum Payload Violation"), None);
    }
}
