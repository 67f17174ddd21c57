//! Starts and stops the broker: the listener and the tasks of its clients.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::handshake::Info;
use super::routes::Routes;
use super::session;
use crate::listener;
use natsbridge_engine::clock::random_uuid;
use natsbridge_wire::Limits;

/// Options of the embedded broker.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// Host and port to listen on; port 0 picks a free one.
    pub listen: String,
    /// Largest message, headers and payload together, in bytes.
    pub max_payload: usize,
}

impl Default for BrokerOptions {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:4222".to_owned(),
            max_payload: Limits::DEFAULT.broker_max_payload,
        }
    }
}

/// Why the broker did not start.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Somebody else listens there.
    #[error(
        "cannot start a broker on {listen}: the address is in use, perhaps by another NATS server; \
         stop that one, or choose another port such as 127.0.0.1:4223 (port 0 picks a free one)"
    )]
    AddressInUse {
        /// The address as it was asked for.
        listen: String,
    },
    /// It is not an address, or not one of this machine, or not allowed.
    #[error(
        "cannot start a broker on {listen}: {source}; write an address of this machine as HOST:PORT, such as 127.0.0.1:4222"
    )]
    Listen {
        /// The address as it was asked for.
        listen: String,
        /// What the system said.
        source: io::Error,
    },
}

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
    serving: JoinHandle<()>,
}

impl Broker {
    /// Starts it on the current runtime.
    pub async fn start(options: BrokerOptions) -> Result<Self, BrokerError> {
        let BrokerOptions { listen, max_payload } = options;
        let bound = listener::bind(&listen).await;
        let (listener, address) = bound.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => BrokerError::AddressInUse { listen },
            _ => BrokerError::Listen { listen, source },
        })?;
        let routes = Arc::new(Routes::default());
        let info = Arc::new(Info::new(random_uuid(), address, max_payload));
        let serving = tokio::spawn(accept(listener, info, max_payload, Arc::clone(&routes)));
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
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Accepts clients forever. Their tasks belong to this one: when it ends, so do they.
async fn accept(listener: TcpListener, info: Arc<Info>, max_payload: usize, routes: Arc<Routes>) {
    let mut sessions = JoinSet::new();
    for id in 1.. {
        let stream = next_stream(&listener, &mut sessions).await;
        if sessions.len() >= Limits::DEFAULT.broker_clients {
            let _ = stream.try_write(b"-ERR 'maximum connections exceeded'\r\n");
            continue;
        }
        sessions.spawn(session::serve(
            stream,
            id,
            Arc::clone(&info),
            max_payload,
            Arc::clone(&routes),
        ));
    }
}

/// Waits for a connection and meanwhile clears away the sessions that have ended.
async fn next_stream(listener: &TcpListener, sessions: &mut JoinSet<()>) -> TcpStream {
    loop {
        tokio::select! {
            stream = listener::accept(listener) => return stream,
            Some(_) = sessions.join_next() => {}
        }
    }
}
