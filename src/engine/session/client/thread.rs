//! A client on its own thread: it can be ended immediately whatever it is doing, its last words are heard, and the
//! memory a broker can make it use is bounded.

use super::log_tap::LogTap;
use crate::connect::{Client, ConnectError, ConnectOptions, ReconnectPolicy, client};
use crate::wording::Cause;
use async_nats::Statistics;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

/// How often what the client holds is looked at.
const LOOK: Duration = Duration::from_millis(25);

/// The thread; the client and its connection end when this is dropped.
#[derive(Debug)]
pub(crate) struct ClientThread {
    /// What the client says of itself.
    pub(crate) heard: LogTap,
    _end: oneshot::Sender<()>,
}

/// Connects as [`client::open`] does, on a thread of its own.
pub(crate) async fn open(options: &ConnectOptions) -> Result<(Client, ClientThread), ConnectError> {
    let heard = LogTap::default();
    let (opened_out, opened) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let thread = ClientThread {
        heard: heard.clone(),
        _end: end,
    };
    let options = options.clone();
    let listening = heard.listener();
    let run = move || {
        let _listening = tracing::dispatcher::set_default(&listening);
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = ended => {}
                () = live(&options, opened_out, &heard) => {}
            }
        });
        // A name lookup cannot be interrupted and must not be waited for.
        runtime.shutdown_background();
    };
    let started = std::thread::Builder::new().name("nats client".into()).spawn(run);
    let no_thread = |why: Cause| {
        ConnectError::unreachable(format!("cannot start a thread for the connection: {why}")).because(why)
    };
    started.map_err(|error| no_thread(Cause::of(error)))?;
    let client = opened
        .await
        .map_err(|_| no_thread(Cause::of("it ended immediately")))??;
    Ok((client, thread))
}

/// Connects, and returns once the connection has to be ended.
async fn live(
    options: &ConnectOptions,
    opened: oneshot::Sender<Result<Client, ConnectError>>,
    heard: &LogTap,
) {
    let client = tokio::select! {
        client = client::open(options, ReconnectPolicy::Owner) => client,
        () = babbled(heard, options.limits.client_greeting) => Err(ConnectError::unreachable(format!(
            "{} keeps sending data that is not a NATS greeting: is it a NATS broker?",
            options.address()
        ))),
    };
    let statistics = client.as_ref().ok().map(|client| client.nats.statistics());
    opened.send(client).ok();
    if let Some(statistics) = statistics {
        let most = options.limits.client_unread;
        overfed(&statistics, most).await;
        heard.say(format!(
            "the broker sent more than {} MiB without a valid message",
            most >> 20
        ));
    }
}

/// Waits until more than `most` bytes have arrived before the connection is established.
async fn babbled(heard: &LogTap, most: u64) {
    let mut looking = interval(LOOK);
    while heard.read() <= most {
        looking.tick().await;
    }
}

/// Waits until the broker has sent more than `most` bytes without a message in them, all of which the client buffers.
async fn overfed(statistics: &Statistics, most: u64) {
    let mut looking = interval(LOOK);
    looking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = (0, 0);
    loop {
        looking.tick().await;
        let messages = statistics.in_messages.load(Ordering::Relaxed);
        let bytes = statistics.in_bytes.load(Ordering::Relaxed);
        if messages != last.0 {
            last = (messages, bytes);
        } else if bytes - last.1 > most {
            return;
        }
    }
}
