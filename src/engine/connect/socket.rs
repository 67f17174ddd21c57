//! The connection that receives: opened, encrypted and introduced here, then handed over as a stream of bytes. What comes
//! through it afterwards is the receiver's to read.

use super::address::without_scheme;
use super::auth::answer;
use super::error::ConnectError;
use super::failure::{explain, timed_out};
use super::options::ConnectOptions;
use super::servers::first_to_accept;
use super::state::ServerInfo;
use super::tls::{self, HandshakeObserver};
use crate::clock;
use crate::protocol::{Frame, Start, read};
use crate::wording::Cause;
use async_nats::{ConnectErrorKind as Why, ServerError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{Buf, BytesMut};
use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Bytes in both directions, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection on which the broker accepted us.
pub(crate) struct Socket {
    pub(crate) stream: Box<dyn Stream>,
    /// Bytes that came already and were not read.
    pub(crate) held: BytesMut,
    pub(crate) server: ServerInfo,
    /// Changes when the broker is started anew.
    pub(crate) server_id: String,
}

/// What a broker says of itself, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Info {
    server_id: String,
    server_name: String,
    version: String,
    /// Bytes of the largest message that it takes; 0 if it does not say.
    pub(crate) max_payload: usize,
    jetstream: bool,
    tls_required: bool,
    nonce: String,
    /// It is about to shut down.
    #[serde(rename = "ldm")]
    pub(crate) lame_duck: bool,
}

/// What we say of ourselves.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol names these fields")]
struct Connect<'a> {
    verbose: bool,
    pedantic: bool,
    name: &'a str,
    lang: &'a str,
    version: &'a str,
    protocol: u8,
    echo: bool,
    headers: bool,
    no_responders: bool,
    tls_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nkey: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sig: Option<String>,
}

/// Why an attempt failed, before it is explained.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
struct Failed {
    why: Why,
    source: Box<dyn Error + Send + Sync>,
}

impl Failed {
    fn new(why: Why, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            why,
            source: source.into(),
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::new(Why::Io, error)
    }
}

/// Connects to the first server that accepts us. Every step has a timeout.
pub(crate) async fn open(options: &ConnectOptions) -> Result<Socket, ConnectError> {
    first_to_accept(options, |server| open_one(options, server)).await
}

async fn open_one(options: &ConnectOptions, server: &str) -> Result<Socket, ConnectError> {
    let place = without_scheme(server);
    let patience = options.limits.connect_time;
    let witness = Arc::new(HandshakeObserver::default());
    let config = Arc::new(tls::config(&options.tls, &witness)?);
    let explained =
        |failed: Failed| explain(failed.why, &failed, place, options, &witness).because(Cause::of(failed));
    let looked_up = tokio::time::timeout(patience, tokio::net::lookup_host(place)).await;
    let addresses: Vec<SocketAddr> = match looked_up {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => return Err(explained(Failed::new(Why::Dns, error))),
        Err(_) => return Err(timed_out(place, patience, &options.tls)),
    };
    let mut failed = Failed::new(Why::Dns, "the name has no address");
    for address in addresses {
        let introduced = introduce(address, options, server, config.clone());
        match tokio::time::timeout(patience, introduced).await {
            Ok(Ok(mut socket)) => {
                socket.server.tls = witness.trusted.get().is_some();
                let ServerInfo { version, tls, .. } = &socket.server;
                tracing::debug!(server = place, version, tls, "connected");
                return Ok(socket);
            }
            Ok(Err(error)) => failed = error,
            Err(elapsed) => failed = Failed::new(Why::TimedOut, elapsed),
        }
    }
    Err(explained(failed))
}

/// Opens one address and introduces us; it ends when the broker has answered.
async fn introduce(
    address: SocketAddr,
    options: &ConnectOptions,
    server: &str,
    config: Arc<rustls::ClientConfig>,
) -> Result<Socket, Failed> {
    let place = without_scheme(server);
    let tcp = not_itself(TcpStream::connect(address).await?)?;
    tcp.set_nodelay(true)?;
    let mut stream: Box<dyn Stream> = Box::new(tcp);
    let most = options.limits.client_greeting as usize;
    let mut held = BytesMut::new();
    if options.tls.first {
        stream = encrypt(stream, place, config.clone()).await?;
    }
    let greeting = next(&mut stream, &mut held, most, |frame| match frame {
        Frame::Info(json) => {
            Some(serde_json::from_slice::<Info>(json).map_err(|error| Failed::new(Why::Io, error)))
        }
        Frame::Error(text) => Some(Err(complaint(text))),
        _ => Some(Err(Failed::new(
            Why::Io,
            "it did not greet as a NATS broker does",
        ))),
    });
    let info = greeting.await??;
    let wanted = server.starts_with("tls://") || options.tls.wanted();
    if !options.tls.first && (wanted || info.tls_required) {
        // Whatever came unencrypted after the greeting is nobody's.
        held.clear();
        stream = encrypt(stream, place, config).await?;
    }
    let connect = connect(options, &info, wanted)?;
    stream.write_all(&connect).await?;
    stream.flush().await?;
    let answered = next(&mut stream, &mut held, most, |frame| match frame {
        Frame::Pong => Some(Ok(())),
        Frame::Error(text) => Some(Err(complaint(text))),
        // A broker may say more of itself once it knows who we are.
        _ => None,
    });
    answered.await??;
    let start = options.inbox_prefix.as_deref().unwrap_or("_INBOX");
    let id = clock::random_uuid().simple().to_string();
    Ok(Socket {
        stream,
        held,
        server_id: info.server_id,
        server: ServerInfo {
            name: info.server_name,
            version: info.version,
            max_payload: info.max_payload,
            jetstream: info.jetstream,
            address: place.to_owned(),
            tls: false,
            inbox: format!("{start}.{}", &id[..INBOX]),
            read_only: options.read_only,
        },
    })
}

/// Where nobody listens on a port that connections leave from, one may meet itself; while that stood, no broker could start
/// there.
fn not_itself(tcp: TcpStream) -> io::Result<TcpStream> {
    if tcp.local_addr()? == tcp.peer_addr()? {
        // Otherwise the system would keep the port taken for a while yet.
        tcp.set_zero_linger()?;
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(tcp)
}

/// Characters of an inbox after its prefix, as clients make them.
const INBOX: usize = 22;

/// The CONNECT and PING of a connection, in bytes.
fn connect(options: &ConnectOptions, info: &Info, tls_required: bool) -> Result<Vec<u8>, Failed> {
    let auth = answer(&options.credentials, info.nonce.as_bytes());
    let auth = auth.map_err(|error: ConnectError| Failed::new(Why::Authentication, error))?;
    let connect = Connect {
        verbose: false,
        pedantic: false,
        name: &options.name,
        lang: "rust",
        version: env!("CARGO_PKG_VERSION"),
        protocol: 1,
        echo: true,
        headers: true,
        no_responders: true,
        tls_required,
        user: auth.username,
        pass: auth.password,
        auth_token: auth.token,
        jwt: auth.jwt,
        nkey: auth.nkey,
        sig: auth.signature.map(|signature| URL_SAFE_NO_PAD.encode(signature)),
    };
    let mut line = b"CONNECT ".to_vec();
    serde_json::to_writer(&mut line, &connect).map_err(|error| Failed::new(Why::Io, error))?;
    line.extend_from_slice(b"\r\nPING\r\n");
    Ok(line)
}

/// Reads frames until `wanted` takes one; the rest stays in `held`.
async fn next<T>(
    stream: &mut Box<dyn Stream>,
    held: &mut BytesMut,
    most: usize,
    wanted: impl Fn(Frame<'_>) -> Option<T>,
) -> Result<T, Failed> {
    loop {
        while let Start::Frame(frame, used) = read(held, most).map_err(|error| Failed::new(Why::Io, error))? {
            let taken = wanted(frame);
            held.advance(used);
            if let Some(taken) = taken {
                return Ok(taken);
            }
        }
        if held.len() > most {
            let text = "keeps sending data that is not a NATS greeting";
            return Err(Failed::new(Why::Io, text));
        }
        if stream.read_buf(held).await? == 0 {
            return Err(Failed::new(Why::Io, "it closed the connection"));
        }
    }
}

fn complaint(text: &[u8]) -> Failed {
    let text = String::from_utf8_lossy(text).into_owned();
    let why = if text.to_ascii_lowercase().contains("authorization violation") {
        Why::AuthorizationViolation
    } else {
        Why::Io
    };
    Failed::new(why, ServerError::Other(text))
}

async fn encrypt(
    stream: Box<dyn Stream>,
    place: &str,
    config: Arc<rustls::ClientConfig>,
) -> Result<Box<dyn Stream>, Failed> {
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
    let name = name.map_err(|error| Failed::new(Why::Tls, error))?;
    Ok(Box::new(TlsConnector::from(config).connect(name, stream).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpSocket};

    #[tokio::test]
    async fn a_connection_that_meets_itself_is_no_server() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let own = socket.local_addr().unwrap();
        let tcp = socket.connect(own).await.unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), own, "it met itself");
        let refused = not_itself(tcp).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        // It is gone: a broker can start there, and is one.
        let broker = TcpListener::bind(own).await.unwrap();
        let tcp = TcpStream::connect(broker.local_addr().unwrap()).await.unwrap();
        assert!(not_itself(tcp).is_ok());
    }
}
