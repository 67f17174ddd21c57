//! Runs the scripted peers: their connections, the opening burst, and their tasks.
//!
//! They publish through the NATS client itself and not through the engine, which rightly refuses some of what they send.

use std::error::Error;
use std::time::Duration;

use async_nats::{Client, ConnectOptions};
use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::assets::DemoAssets;
use super::player::{Outgoing, ScenePlayer};
use super::random::Random;
use super::script::{Peer, Script};
use super::{device, echo};
use crate::fileserver::{Deposits, FileHost};
use natsbridge_engine::clock;

/// Longest wait for somebody who listens before the opening burst.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// Time in which a broker would have said that nobody listens.
const ANSWER_TIME: Duration = Duration::from_millis(20);

/// Options of the demo.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Seed of all randomness, so that it can be replayed.
    pub seed: u64,
    /// The files that peers send.
    pub assets: DemoAssets,
    /// The time that stands in the messages.
    pub clock: fn() -> Timestamp,
}

impl DemoOptions {
    /// Seed 0, the system's time, and these files.
    pub fn new(assets: DemoAssets) -> Self {
        Self {
            seed: 0,
            assets,
            clock: clock::now,
        }
    }
}

/// What a part of the demo said when it failed.
type Cause = Box<dyn Error + Send + Sync>;

/// Why the demo did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The script is not one.
    #[error("the demo's script cannot be read: {0}")]
    Script(#[from] toml::de::Error),
    /// The broker did not let a peer in.
    #[error("the demo's peer {peer} cannot connect to {url}: {source}")]
    Connect {
        /// Which peer.
        peer: String,
        /// Where to.
        url: String,
        /// What the client said.
        source: Cause,
    },
    /// The broker did not let the device listen for commands.
    #[error("the demo's device cannot subscribe to {}: {source}", device::COMMANDS)]
    Subscribe {
        /// What the client said.
        source: Cause,
    },
    /// The broker did not let the echo listen.
    #[error("the demo's echo cannot answer on {}: {source}", echo::SUBJECT)]
    Echo {
        /// What the engine said.
        source: Cause,
    },
}

/// Scripted peers at work; they stop when it is dropped.
#[derive(Debug)]
pub struct Demo {
    _peers: JoinSet<()>,
}

impl Demo {
    /// Connects the peers to the broker at `nats_url` and starts them on the current runtime; links are uploaded to
    /// the file server. The opening burst is sent as soon as somebody subscribes, or after a moment if nobody does.
    pub async fn start(nats_url: &str, files: &FileHost, options: DemoOptions) -> Result<Self, DemoError> {
        let script = Script::read()?;
        let deposits = files.deposits();
        let mut clients = Vec::with_capacity(script.peers.len());
        for peer in &script.peers {
            clients.push((peer, connect(nats_url, &peer.name).await?));
        }
        let device = connect(nats_url, "mpy-7 (commands)").await?;
        let commands = device.subscribe(device::COMMANDS).await;
        let commands = commands.map_err(|source| DemoError::Subscribe {
            source: source.into(),
        })?;
        let _ = device.flush().await;

        let mut peers = JoinSet::new();
        let mut player = ScenePlayer {
            script,
            random: Random::new(options.seed),
            clock: options.clock,
            assets: options.assets,
            files: deposits.base_url().to_owned(),
        };
        if let Some(sender) = script.sender(device::NAME) {
            let random = player.fork().random;
            peers.spawn(device::answer(sender, device, commands, random, options.clock));
        }
        let echo = echo::listen(nats_url, files.url()).await;
        peers.spawn(echo::answer(echo.map_err(|source| DemoError::Echo { source })?));
        peers.spawn(run(player, deposits, clients));
        Ok(Self { _peers: peers })
    }
}

async fn connect(url: &str, peer: &str) -> Result<Client, DemoError> {
    let connected = ConnectOptions::new().name(peer).connect(url).await;
    connected.map_err(|source| DemoError::Connect {
        peer: peer.to_owned(),
        url: url.to_owned(),
        source: source.into(),
    })
}

/// The opening burst; then each peer goes on by itself.
async fn run(mut player: ScenePlayer, files: Deposits, clients: Vec<(&'static Peer, Client)>) {
    if let Some((_, client)) = clients.first() {
        let _ = tokio::time::timeout(LONGEST_WAIT, wait_for_listeners(client)).await;
    }
    let mut peers = JoinSet::new();
    // Round by round, so that the first screen shows all peers and not one after the other.
    let rounds = clients.iter().map(|(peer, _)| peer.opening).max().unwrap_or(0);
    for round in 0..rounds {
        for (peer, client) in clients.iter().filter(|(peer, _)| round < peer.opening) {
            if let Some(scene) = peer.scenes.get(round) {
                peers.spawn(publish(client.clone(), files.clone(), player.play(scene)));
            }
        }
    }
    for (peer, client) in clients {
        peers.spawn(go_on(player.fork(), files.clone(), peer, client));
    }
    while peers.join_next().await.is_some() {}
}

/// Plays scene after scene, for ever.
async fn go_on(mut player: ScenePlayer, files: Deposits, peer: &'static Peer, client: Client) {
    let start = clock::instant();
    loop {
        let pause = player.random.between(peer.pause_ms.0, peer.pause_ms.1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if let Some(scene) = peer.draw(&mut player.random, start.elapsed().as_secs()) {
            publish(client.clone(), files.clone(), player.play(scene)).await;
        }
    }
}

/// Sends the messages of a scene. A broker that is away for a while is no reason to stop: the next scene tries again.
async fn publish(client: Client, files: Deposits, messages: Vec<Outgoing>) {
    for message in messages {
        for upload in message.uploads {
            if let Err(error) = files.leave(upload).await {
                tracing::warn!(%error, "a file of the demo could not be uploaded to its file server");
            }
        }
        if !message.after.is_zero() {
            tokio::time::sleep(message.after).await;
        }
        let (subject, body) = (message.subject, message.body.into());
        let _ = if message.headers.is_empty() {
            client.publish(subject, body).await
        } else {
            client.publish_with_headers(subject, message.headers, body).await
        };
    }
}

/// Asks until the broker no longer says that nobody listens.
async fn wait_for_listeners(client: &Client) {
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
        match tokio::time::timeout(ANSWER_TIME, silence.next()).await {
            Ok(Some(_)) => tokio::time::sleep(ANSWER_TIME).await,
            Ok(None) => return,
            Err(_) => {
                // The audience sees a request with its answer. If the broker is away, none is needed.
                let _ = client.publish(inbox, "somebody is; the demo begins".into()).await;
                return;
            }
        }
    }
}
