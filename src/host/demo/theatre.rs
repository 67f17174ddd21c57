//! Runs the scripted peers: their connections, the opening burst, and their tasks.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, HeaderMap};
use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::peers::PEERS;
use super::random::Random;
use super::stage::{Outgoing, Peer, Stage};
use super::{device, echo};
use crate::fileserver::{Depot, FileHost};

/// Longest wait for a subscriber before the opening burst.
const PATIENCE: Duration = Duration::from_secs(3);
/// Time in which a broker would have said that nobody listens.
const HEARD: Duration = Duration::from_millis(20);

/// Options of the demo.
#[derive(Debug, Clone, Default)]
pub struct DemoOptions {
    /// Seed of all randomness, so that it can be replayed.
    pub seed: u64,
}

/// Why the demo did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The broker did not let a peer in.
    #[error("the demo's peer {peer} cannot connect to {url}: {source}")]
    Connect {
        /// Which peer.
        peer: &'static str,
        /// Where to.
        url: String,
        /// What the client said.
        source: async_nats::ConnectError,
    },
    /// The broker did not let the device listen for commands.
    #[error("the demo's device cannot subscribe to {subject}: {source}")]
    Subscribe {
        /// To what.
        subject: &'static str,
        /// What the client said.
        source: async_nats::SubscribeError,
    },
    /// The broker did not let the echo listen.
    #[error("the demo's echo cannot answer on {}: {why}", echo::SUBJECT)]
    Echo {
        /// What was in the way, as a clause.
        why: String,
    },
}

/// Scripted peers at work; they stop when it is dropped.
#[derive(Debug)]
pub struct Demo {
    _cast: JoinSet<()>,
}

impl Demo {
    /// Connects the peers to the broker at `nats_url` and starts them on the current runtime; links are uploaded to
    /// the file server. The opening burst is sent as soon as somebody subscribes, or after a moment if nobody does.
    pub async fn start(nats_url: &str, files: &FileHost, options: DemoOptions) -> Result<Self, DemoError> {
        let mut random = Random::new(options.seed);
        let mut clients = Vec::with_capacity(PEERS.len());
        for peer in PEERS {
            clients.push((peer, connect(nats_url, peer.name).await?));
        }
        let ear = connect(nats_url, "mpy-7 (commands)").await?;
        let subscription = ear.subscribe(device::COMMANDS).await;
        let commands = subscription.map_err(|source| DemoError::Subscribe {
            subject: device::COMMANDS,
            source,
        })?;
        let _ = ear.flush().await;

        let mut cast = JoinSet::new();
        cast.spawn(device::answer(ear, commands, Random::new(random.bits())));
        let listening = echo::listen(nats_url, files.url()).await;
        cast.spawn(echo::answer(listening.map_err(|why| DemoError::Echo { why })?));
        cast.spawn(perform(clients, files.depot(), random));
        Ok(Self { _cast: cast })
    }
}

async fn connect(url: &str, peer: &'static str) -> Result<Client, DemoError> {
    let connected = ConnectOptions::new().name(peer).connect(url).await;
    connected.map_err(|source| DemoError::Connect {
        peer,
        url: url.to_owned(),
        source,
    })
}

async fn perform(clients: Vec<(&'static Peer, Client)>, files: Depot, mut random: Random) {
    if let Some((_, client)) = clients.first() {
        let _ = tokio::time::timeout(PATIENCE, wait_for_audience(client)).await;
    }
    let mut cast = JoinSet::new();
    // Round by round, so that the first screen shows all peers and not one after the other.
    let rounds = PEERS.iter().map(|peer| peer.opening).max().unwrap_or(0);
    for round in 0..rounds {
        for (peer, client) in clients.iter().filter(|(peer, _)| round < peer.opening) {
            if let Some((_, scene)) = peer.scenes.get(round) {
                let mut stage = Stage::new(Random::new(random.bits()), &files);
                cast.spawn(play(client.clone(), files.clone(), scene(&mut stage)));
            }
        }
    }
    for (peer, client) in clients {
        let stage = Stage::new(Random::new(random.bits()), &files);
        cast.spawn(go_on(peer, client, files.clone(), stage));
    }
    while cast.join_next().await.is_some() {}
}

/// Plays scene after scene, forever.
async fn go_on(peer: &'static Peer, client: Client, files: Depot, mut stage: Stage) {
    loop {
        let pause = stage.random.between(peer.pause_ms.0, peer.pause_ms.1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        stage.now = Timestamp::now();
        if let Some(scene) = peer.draw(&mut stage.random) {
            play(client.clone(), files.clone(), scene(&mut stage)).await;
        }
    }
}

/// Sends the messages of a scene. A broker that is away for a while is no reason to stop: the next scene tries again.
async fn play(client: Client, files: Depot, messages: Vec<Outgoing>) {
    for message in messages {
        for upload in message.uploads {
            if let Err(why) = files.leave(upload).await {
                tracing::warn!(%why, "a file of the demo could not be uploaded to its file server");
            }
        }
        if !message.after.is_zero() {
            tokio::time::sleep(message.after).await;
        }
        let body = message.body.into();
        let _ = if message.headers.is_empty() {
            client.publish(message.subject, body).await
        } else {
            let mut headers = HeaderMap::new();
            for (name, value) in message.headers {
                headers.insert(name, value);
            }
            client.publish_with_headers(message.subject, headers, body).await
        };
    }
}

/// Sends requests until the broker no longer reports that there are no responders.
async fn wait_for_audience(client: &Client) {
    let inbox = client.new_inbox();
    let Ok(mut silence) = client.subscribe(inbox.clone()).await else {
        return;
    };
    loop {
        let question = "the demo's peers are here: is anybody listening?";
        if client
            .publish_with_reply("plain.log", inbox.clone(), question.into())
            .await
            .is_err()
        {
            return;
        }
        match tokio::time::timeout(HEARD, silence.next()).await {
            Ok(Some(_)) => tokio::time::sleep(HEARD).await,
            Ok(None) => return,
            Err(_) => {
                // The audience sees a request with its answer. If the broker is away, none is needed.
                let _ = client.publish(inbox, "somebody is; the demo begins".into()).await;
                return;
            }
        }
    }
}
