//! What the broker and the file server share of listening: binding, accepting, and the address that clients use.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// A kind of server, as errors speak of it.
#[derive(Debug, Clone, Copy)]
pub struct ServerKind {
    /// What it is, with its article.
    pub name: &'static str,
    /// What others of its kind are called.
    pub others: &'static str,
    /// The port it usually has.
    pub port: u16,
}

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else listens there.
    #[error(
        "cannot start {} on {listen}: the address is in use, perhaps by another {}; \
         stop that one, or choose another port such as 127.0.0.1:{} (port 0 picks a free one)",
        .server.name, .server.others, .server.port + 1
    )]
    AddressInUse {
        /// What should have listened.
        server: ServerKind,
        /// The address as it was asked for.
        listen: String,
    },
    /// It is not an address, or not one of this machine, or not allowed.
    #[error(
        "cannot start {} on {listen}: {source}; write an address of this machine as HOST:PORT, such as 127.0.0.1:{}",
        .server.name, .server.port
    )]
    Listen {
        /// What should have listened.
        server: ServerKind,
        /// The address as it was asked for.
        listen: String,
        /// What the system said.
        source: io::Error,
    },
}

impl ListenError {
    /// Whether what was asked for is no address at all.
    pub fn is_no_address(&self) -> bool {
        matches!(self, Self::Listen { source, .. } if source.kind() == io::ErrorKind::InvalidInput)
    }
}

/// Listens there; also says at which address, since port 0 picks a free one.
pub async fn bind(server: ServerKind, listen: String) -> Result<(TcpListener, SocketAddr), ListenError> {
    let bound = TcpListener::bind(&listen).await;
    match bound.and_then(|listener| listener.local_addr().map(|address| (listener, address))) {
        Ok(bound) => Ok(bound),
        Err(source) if source.kind() == io::ErrorKind::AddrInUse => {
            Err(ListenError::AddressInUse { server, listen })
        }
        Err(source) => Err(ListenError::Listen {
            server,
            listen,
            source,
        }),
    }
}

/// The next client, and from where it comes.
pub async fn accept(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => return (stream, from.ip()),
            // Probably out of file descriptors: the backlog waits until one is free.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// The address as clients of this machine write it.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(host, address.port())
}
