//! A proxy between the broker and our own client, on the loopback interface: messages the client could not parse are
//! repaired on the way. It serves one client, once, without encryption.

use super::repair::Mender;
use crate::clock;
use bytes::BytesMut;
use natsbridge_wire::UNREADABLE_HEADER;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Minimum time between two notices about repaired messages.
const REST: Duration = Duration::from_secs(1);
/// Bytes read at once.
const READ: usize = 1 << 16;
/// The first byte of a TLS handshake.
const TLS: u8 = 0x16;

/// A running relay; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct RepairProxy {
    /// Where the client connects to.
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl RepairProxy {
    /// Connects to the broker and waits for the client; both must happen `within` that time. Repairs are reported as
    /// sentences.
    pub(crate) async fn start(broker: &str, within: Duration) -> io::Result<(Self, mpsc::Receiver<String>)> {
        let upstream = timeout(within, TcpStream::connect(broker)).await??;
        upstream.set_nodelay(true)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (tell, told) = mpsc::channel(1);
        let task = tokio::spawn(async move {
            let accepted = timeout(within, listener.accept()).await;
            if let Ok(Ok((client, _))) = accepted {
                // However it ends, both ends are closed, and the client sees that.
                serve(client, upstream, tell).await.ok();
            }
            // Until then nobody else can take the port and read what our client sends.
            drop(listener);
        });
        Ok((Self { address, task }, told))
    }
}

impl Drop for RepairProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(client: TcpStream, upstream: TcpStream, tell: mpsc::Sender<String>) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (mut from_client, to_client) = client.into_split();
    let (from_broker, mut to_broker) = upstream.into_split();
    let up = async {
        let mut first = [0];
        if from_client.peek(&mut first).await? == 1 && first[0] != TLS {
            tokio::io::copy(&mut from_client, &mut to_broker).await?;
        }
        Ok(())
    };
    tokio::select! {
        ended = up => ended,
        ended = down(from_broker, to_client, tell) => ended,
    }
}

async fn down(
    mut from_broker: OwnedReadHalf,
    mut to_client: OwnedWriteHalf,
    tell: mpsc::Sender<String>,
) -> io::Result<()> {
    let (mut mender, mut told) = (Mender::default(), None::<Instant>);
    let (mut came, mut out) = (vec![0; READ], BytesMut::new());
    loop {
        let count = from_broker.read(&mut came).await?;
        if count == 0 {
            return Ok(());
        }
        mender.push(&came[..count], &mut out);
        to_client.write_all_buf(&mut out).await?;
        if let Some(subject) = mender.mended.take()
            && told.is_none_or(|at| at.elapsed() >= REST)
        {
            told = Some(clock::instant());
            let text = format!(
                "A message on {subject} cannot be parsed by NATS clients. It is shown with the unreadable \
                 parts escaped, in headers named {UNREADABLE_HEADER}."
            );
            tell.try_send(text).ok();
        }
    }
}
