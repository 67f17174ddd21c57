//! A real cluster of three brokers with JetStream: its nodes are killed and started again, one by one or in turn, and it tells
//! who leads. Who uses it meanwhile is the matter of other stands.

use crate::support::real;
use crate::support::servers::{RealServer, free_port};
use crate::support::waits::until;
use async_nats::jetstream::context::GetStreamByNameErrorKind;
use async_nats::jetstream::stream::{Config, Info};
use async_nats::jetstream::{self, Context};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The cluster is back, and so must be whoever uses it.
pub const BACK: Duration = Duration::from_secs(10);

/// Three brokers.
pub struct Cluster {
    pub nodes: Vec<RealServer>,
    /// What the test itself uses; it goes to whatever node is there.
    pub context: Context,
}

impl Cluster {
    /// Starts three current nats-servers; nobody leads them yet. `None` (said on the screen) where there is none.
    pub async fn start() -> Option<Self> {
        let program = real::nats_server()?;
        let ports = [(); 3].map(|()| free_port());
        let routes = ports.map(|port| format!("nats://127.0.0.1:{port}")).join(", ");
        let node = |(number, port): (usize, &u16)| {
            let config = format!(
                "server_name: n{number}
                 jetstream {{}}
                 cluster {{ name: C, listen: \"127.0.0.1:{port}\", routes: [{routes}] }}"
            );
            RealServer::new(program.clone(), &config)
        };
        let nodes: Vec<_> = ports.iter().enumerate().map(node).collect();
        let urls: Vec<_> = nodes.iter().map(RealServer::url).collect();
        let options = async_nats::ConnectOptions::new()
            .request_timeout(Some(Duration::from_secs(1)))
            .reconnect_delay_callback(|_| Duration::from_millis(20));
        let client = options.connect(urls).await.unwrap();
        Some(Self {
            nodes,
            context: jetstream::new(client),
        })
    }

    /// Where its nodes are, as one gives them to `--server`.
    pub fn urls(&self) -> String {
        let urls: Vec<_> = self.nodes.iter().map(RealServer::url).collect();
        urls.join(",")
    }

    /// Makes a stream with three replicas, on the subjects `<name>.>`; waits for a leader first.
    pub async fn make_stream(&self, name: &str) {
        let config = Config {
            name: name.into(),
            subjects: vec![format!("{}.>", name.to_lowercase())],
            num_replicas: 3,
            allow_direct: true,
            ..Config::default()
        };
        until("a stream in the cluster", async || {
            self.context.get_or_create_stream(config.clone()).await.is_ok()
        })
        .await;
        self.whole(name).await;
    }

    /// Stores a message, however often that has to be tried; the acknowledgement is the cluster's.
    pub async fn store(&self, subject: &str, text: &str) -> u64 {
        let mut stored = None;
        until("an acknowledgement", async || {
            let mut headers = async_nats::HeaderMap::new();
            headers.insert("Nats-Msg-Id", text);
            let (subject, text) = (subject.to_owned(), text.to_owned());
            let sent = self.context.publish_with_headers(subject, headers, text.into());
            let Ok(acknowledging) = sent.await else {
                return false;
            };
            stored = acknowledging.await.ok();
            stored.is_some()
        })
        .await;
        stored.unwrap().sequence
    }

    async fn info(&self, stream: &str) -> Option<Info> {
        let stream = self.context.get_stream(stream).await.ok()?;
        Some(stream.cached_info().clone())
    }

    /// Who leads a stream, once somebody does and the cluster as such is led, too.
    pub async fn leader(&self, stream: &str) -> usize {
        let mut leader = None;
        until("a leader", async || {
            let info = self.info(stream).await;
            leader = info.and_then(|info| info.cluster?.leader);
            // The cluster as such answers who has no stream.
            let nobodys = self.context.stream_by_subject("nobodys").await;
            leader.is_some() && nobodys.is_err_and(|error| error.kind() == GetStreamByNameErrorKind::NotFound)
        })
        .await;
        leader.unwrap()[1..].parse().unwrap()
    }

    /// Has a node lead these streams.
    pub async fn lead(&self, node: usize, streams: &[&str]) {
        let wish = json!({"placement": {"preferred": format!("n{node}")}});
        for stream in streams {
            let asked = format!("STREAM.LEADER.STEPDOWN.{stream}");
            until("the leader that was wished for", async || {
                let led = self.leader(stream).await == node;
                if !led {
                    // It may just not be possible.
                    let _: Result<Value, _> = self.context.request(asked.clone(), &wish).await;
                }
                led
            })
            .await;
        }
    }

    /// Waits until no replica of a stream lags behind.
    pub async fn whole(&self, stream: &str) {
        until("all replicas", async || {
            let cluster = self.info(stream).await.and_then(|info| info.cluster);
            cluster.is_some_and(|cluster| {
                let current = cluster
                    .replicas
                    .iter()
                    .filter(|peer| peer.current && !peer.offline);
                cluster.leader.is_some() && current.count() == 2
            })
        })
        .await;
    }

    /// Waits until all is led again; when that was.
    pub async fn back(&self, streams: &[&str]) -> Instant {
        for stream in streams {
            self.leader(stream).await;
        }
        Instant::now()
    }

    /// Starts a node again and waits until it has caught up.
    pub async fn restart(&mut self, node: usize, streams: &[&str]) {
        self.nodes[node].start();
        for stream in streams {
            self.whole(stream).await;
        }
    }

    /// Ends and starts one after the other, as for a new version.
    pub async fn roll(&mut self, streams: &[&str]) {
        for node in 0..self.nodes.len() {
            self.nodes[node].end();
            self.restart(node, streams).await;
        }
    }
}
