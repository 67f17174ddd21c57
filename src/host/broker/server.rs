//! Starts and stops the broker: the listener and the tasks of its clients.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::cut_off::CutOff;
use super::handshake::Info;
use super::routes::Routes;
use super::session;
use crate::listener::{self, ListenError, ServerKind};
use natsbridge_engine::clock::random_uuid;
use natsbridge_wire::Limits;

/// Options of the embedded broker.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// Host and port to listen on; port 0 picks a free one.
    pub listen: String,
    /// Limits in force; those that begin with `broker`.
    pub limits: Limits,
    /// Who is told of clients that were cut off; one that does not listen misses them.
    pub cut_offs: Option<mpsc::Sender<CutOff>>,
}

impl Default for BrokerOptions {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:4222".to_owned(),
            limits: Limits::in_force().clone(),
            cut_offs: None,
        }
    }
}

const BROKER: ServerKind = ServerKind {
    name: "a broker",
    others: "NATS server",
    port: 4222,
};

/// A running broker for development: core NATS only, no accounts, no TLS, no JetStream. Stops when dropped.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use natsbridge_host::{Broker, BrokerOptions};
/// let broker = Broker::start(BrokerOptions { listen: "127.0.0.1:0".into(), ..Default::default() }).await.unwrap();
/// let client = async_nats::connect(broker.url()).await.unwrap();
/// assert_eq!(client.server_info().server_name, "natsbridge");
/// # });
/// ```
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    routes: Arc<Routes>,
    serving: JoinSet<()>,
}

impl Broker {
    /// Starts it on the current runtime.
    pub async fn start(options: BrokerOptions) -> Result<Self, ListenError> {
        let BrokerOptions {
            listen,
            limits,
            cut_offs,
        } = options;
        let (listener, address) = listener::bind(BROKER, listen).await?;
        let info = Arc::new(Info::new(random_uuid(), address, limits.broker_max_payload));
        let routes = Arc::new(Routes::new(limits));
        let mut serving = JoinSet::new();
        let shared = Arc::clone(&routes);
        serving.spawn(accept(listener, info, shared, cut_offs));
        Ok(Self {
            address,
            routes,
            serving,
        })
    }

    /// Where clients of this machine reach it, as `nats://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("nats://{}", listener::reachable(self.address))
    }

    /// Clients connected now.
    pub fn clients(&self) -> usize {
        self.routes.clients()
    }

    /// Stops it and waits until all its sockets are closed, so that its address is free again.
    pub async fn stop(mut self) {
        self.serving.shutdown().await;
    }
}

/// Accepts clients forever. Their tasks belong to this one: when it ends, so do they.
async fn accept(
    listener: TcpListener,
    info: Arc<Info>,
    routes: Arc<Routes>,
    cut_offs: Option<mpsc::Sender<CutOff>>,
) {
    let mut sessions = JoinSet::new();
    let mut id = 0;
    loop {
        let (stream, _) = tokio::select! {
            client = listener::accept(&listener) => client,
            // Meanwhile the sessions that have ended are cleared away.
            Some(ended) = sessions.join_next() => {
                if let Ok(Some(cut_off)) = ended {
                    tracing::warn!("{cut_off}");
                    let _ = cut_offs.as_ref().map(|told| told.try_send(cut_off));
                }
                continue;
            }
        };
        if sessions.len() >= routes.limits().broker_clients {
            let _ = stream.try_write(b"-ERR 'maximum connections exceeded'\r\n");
            continue;
        }
        id += 1;
        let (info, routes) = (Arc::clone(&info), Arc::clone(&routes));
        sessions.spawn(session::serve(stream, id, info, routes));
    }
}
