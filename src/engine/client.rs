//! The one place that makes async-nats clients: options, events as signals, errors as sentences.

use super::address::without_scheme;
use super::connect_error::ConnectError;
use super::credentials::Credentials;
use super::options::ConnectOptions;
use super::state::ServerFacts;
use async_nats::{ConnectErrorKind, Event, ServerError};
use std::error::Error;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Signals waiting to be read; more are let go, as the client itself does.
const SIGNALS: usize = 512;

/// Who repairs the connection when it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Upkeep {
    /// The client reconnects by itself, for ever.
    Client,
    /// We do: the client holds back until it has been dropped.
    Owner,
}

/// What a client tells beside messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signal {
    /// The connection is gone.
    Disconnected,
    /// The broker is about to shut down.
    LameDuck,
    /// A queue was full and a message was let go.
    SlowConsumer,
    /// We may not do this with that subject.
    Denied(Denial),
    /// Anything else the broker complained about.
    Complaint(String),
}

/// A permission that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Denial {
    /// Publishing (else subscribing).
    pub(super) publish: bool,
    /// The subject or pattern.
    pub(super) subject: String,
}

/// A connected client.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) nats: async_nats::Client,
    pub(super) signals: mpsc::Receiver<Signal>,
    pub(super) server: ServerFacts,
    /// Changes when the broker is started anew.
    pub(super) server_id: String,
}

/// Why a client did not come about.
#[derive(Debug)]
pub(super) struct Failure {
    /// The broker refused us: trying again will not help by itself.
    pub(super) refused: bool,
    pub(super) error: ConnectError,
}

/// Connects to the first of the servers that answers. Every step has an end.
pub(super) async fn open(options: &ConnectOptions, upkeep: Upkeep) -> Result<Client, Failure> {
    // Only the first call in a process does it; somebody else's provider is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut failure = Failure {
        refused: false,
        error: ConnectError("no broker address given".into()),
    };
    for server in &options.servers {
        match open_one(options, server, upkeep).await {
            Ok(client) => return Ok(client),
            Err(failed) if failed.refused => return Err(failed),
            Err(failed) => failure = failed,
        }
    }
    Err(failure)
}

async fn open_one(options: &ConnectOptions, server: &str, upkeep: Upkeep) -> Result<Client, Failure> {
    let limits = &options.limits;
    let place = without_scheme(server);
    let (sender, signals) = mpsc::channel(SIGNALS);
    let mut nats = async_nats::ConnectOptions::new()
        .name(&options.name)
        .ping_interval(limits.ping_interval)
        .connection_timeout(limits.connect_time)
        .request_timeout(Some(limits.connect_time))
        .subscription_capacity(limits.subscription_queue)
        .client_capacity(limits.client_queue)
        .ignore_discovered_servers()
        .require_tls(server.starts_with("tls://"))
        .event_callback(move |event| {
            if let Some(signal) = signal(event) {
                sender.try_send(signal).ok();
            }
            std::future::ready(())
        });
    if upkeep == Upkeep::Owner {
        // The client cannot be told not to reconnect. This gives its owner time to drop it before it tries.
        let first = AtomicBool::new(true);
        nats = nats.max_reconnects(1).reconnect_delay_callback(move |_| {
            if first.swap(false, Ordering::Relaxed) {
                Duration::ZERO
            } else {
                Duration::from_secs(1)
            }
        });
    }
    nats = match &options.credentials {
        Credentials::None => nats,
        Credentials::Password { user, password } => nats.user_and_password(user.clone(), password.clone()),
        Credentials::Token(token) => nats.token(token.clone()),
    };
    // The client's own timeout starts after the name is resolved, and anew for each of the name's addresses.
    let patience = limits.connect_time * 2;
    let nats = match tokio::time::timeout(patience, Box::pin(nats.connect(server))).await {
        Ok(Ok(nats)) => nats,
        Ok(Err(error)) => return Err(explain(&error, place, options)),
        Err(_) => return Err(timed_out(place, patience)),
    };
    let info = nats.server_info();
    Ok(Client {
        nats,
        signals,
        server_id: info.server_id,
        server: ServerFacts {
            name: info.server_name,
            version: info.version,
            max_payload: info.max_payload,
            jetstream: info.jetstream,
            address: place.to_owned(),
        },
    })
}

fn signal(event: Event) -> Option<Signal> {
    match event {
        Event::Disconnected => Some(Signal::Disconnected),
        Event::LameDuckMode => Some(Signal::LameDuck),
        Event::SlowConsumer(_) => Some(Signal::SlowConsumer),
        Event::ServerError(ServerError::Other(text)) => {
            Some(denial(&text).map_or(Signal::Complaint(text), Signal::Denied))
        }
        Event::ServerError(error) => Some(Signal::Complaint(error.to_string())),
        Event::ClientError(_) | Event::Connected | Event::Draining | Event::Closed => None,
    }
}

/// Reads `Permissions Violation for Subscription to "a.b"` (and `Publish`), in any case the broker likes.
fn denial(text: &str) -> Option<Denial> {
    let (head, rest) = text.split_once('"')?;
    let head = head.to_ascii_lowercase();
    let publish = head.starts_with("permissions violation for publish");
    if !publish && !head.starts_with("permissions violation for subscription") {
        return None;
    }
    // A subject cannot hold white space but may well hold quotes: the quote that ends it is followed by none of it.
    let word = rest.split_whitespace().next()?;
    let subject = word.strip_suffix('"').unwrap_or(word).to_owned();
    Some(Denial { publish, subject })
}

fn explain(error: &async_nats::ConnectError, place: &str, options: &ConnectOptions) -> Failure {
    let source = root(error);
    let io = io_error(error);
    let text = match error.kind() {
        ConnectErrorKind::TimedOut => return timed_out(place, options.limits.connect_time),
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
            match options.credentials {
                Credentials::None => format!(
                    "{place} asks for credentials: give --user and --password, or --token, or write them before the address"
                ),
                _ => format!("{place} refused the credentials: check user, password or token"),
            }
        }
        ConnectErrorKind::Dns => {
            format!("the name in {place} cannot be resolved ({source}): check --server for a misspelt host")
        }
        ConnectErrorKind::Tls => format!("no TLS connection to {place}: {source}"),
        _ => match io.map(|io| {
            (
                io.kind(),
                io.get_ref()
                    .is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>),
            )
        }) {
            Some((_, true)) => format!("no TLS connection to {place}: {source}"),
            Some((ErrorKind::ConnectionRefused, _)) => format!(
                "nothing listens on {place}: start a broker with `natsbridge broker`, or give the right address with --server"
            ),
            Some((ErrorKind::TimedOut, _)) => return timed_out(place, options.limits.connect_time),
            _ => format!("no connection to {place}: {source}; is it a NATS broker?"),
        },
    };
    Failure {
        refused: matches!(
            error.kind(),
            ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication
        ),
        error: ConnectError(text),
    }
}

fn timed_out(place: &str, after: Duration) -> Failure {
    Failure {
        refused: false,
        error: ConnectError(format!(
            "{place} did not answer within {} s: check the address, a firewall may swallow the connection",
            after.as_secs_f32()
        )),
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// The first cause of an error, in its own words.
pub(super) fn root(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a std::io::Error> {
    chain(error).find_map(|error| error.downcast_ref())
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
