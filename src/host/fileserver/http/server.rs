//! Starts and stops the file server: the listener, connection slots, and the sweeper.

use super::access::Access;
use super::paced_body::least;
use super::paced_stream::PacedStream;
use super::routes;
use super::shared::Shared;
use crate::fileserver::deposits::Deposits;
use crate::fileserver::options::{FileHostError, FileHostOptions, Storage};
use crate::fileserver::storage::{Backend, Bucket, Directory, StoredFiles, new_secret};
use crate::listener::{self, ServerKind, reachable};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use natsbridge_engine::Secret;
use natsbridge_wire::{Limits, percent_encode};
use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The response to a client if no slot is free.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\
    Content-Type: text/plain\r\nContent-Length: 56\r\n\r\nAll connections are in use; please try again in a while.";

const FILE_SERVER: ServerKind = ServerKind {
    name: "a file server",
    others: "file server",
    port: 8080,
};

/// A running file server. Stops when dropped; a temporary directory goes with it.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use natsbridge_host::{FileHost, FileHostOptions};
/// let options = FileHostOptions { listen: "127.0.0.1:0".into(), ..Default::default() };
/// let files = FileHost::start(options).await.unwrap();
/// assert!(files.url().starts_with("http://127.0.0.1:"));
/// # });
/// ```
pub struct FileHost {
    url: String,
    server: Arc<Shared>,
    serving: JoinSet<()>,
}

impl FileHost {
    /// Starts it on the current runtime.
    pub async fn start(options: FileHostOptions) -> Result<Self, FileHostError> {
        let FileHostOptions {
            listen,
            storage,
            token,
            public_url,
            limits,
            clock,
        } = options;
        let (listener, bound) = listener::bind(FILE_SERVER, listen).await?;
        let address = format!("http://{}", reachable(bound));
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        let mut url = public_url.clone().unwrap_or_else(|| address.clone());
        // An empty one would let everybody in.
        let token = match token.filter(|token| !token.expose().is_empty()) {
            None if !bound.ip().is_loopback() => {
                // Uploaders need the URL, and nobody can guess it.
                let secret = new_secret();
                url = format!("{url}/{}", percent_encode(&secret));
                Some(Secret::from(secret))
            }
            token => token,
        };
        let backend = open(storage, &limits, clock)?;
        let files = StoredFiles::new(backend, limits, clock);
        files.sweep().await.map_err(FileHostError::Storage)?;
        let server = Arc::new(Shared {
            files: Arc::new(files),
            claims: Arc::default(),
            access: Access::new(token.as_ref().map(Secret::expose)),
            address,
            public_url,
        });
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&server)));
        serving.spawn(sweep(Arc::clone(&server)));
        Ok(Self { url, server, serving })
    }

    /// Where uploads go and files are served, as `http://127.0.0.1:PORT`. On an address beyond loopback it ends with the
    /// secret part that allows uploads, unless a token was given.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether uploads have to carry a token.
    pub fn needs_token(&self) -> bool {
        !self.server.access.is_open()
    }

    /// The way in for our own process.
    pub fn deposits(&self) -> Deposits {
        let server = &self.server;
        let base_url = server.public_url.as_ref().unwrap_or(&server.address);
        Deposits::new(Arc::clone(&server.files), base_url.clone())
    }

    /// Stops it and waits until all its sockets are closed, so that its address is free again.
    pub async fn stop(mut self) {
        self.serving.shutdown().await;
    }
}

impl fmt::Debug for FileHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHost({})", self.server.address)
    }
}

/// What keeps the files.
fn open(storage: Storage, limits: &Limits, clock: fn() -> i64) -> Result<Arc<dyn Backend>, FileHostError> {
    let unusable = |path: PathBuf| |source| FileHostError::Directory { path, source };
    Ok(match storage {
        Storage::Temporary => {
            Arc::new(Directory::temporary(limits, clock).map_err(unusable(std::env::temp_dir()))?)
        }
        Storage::Directory(path) => Arc::new(Directory::open(&path, limits, clock).map_err(unusable(path))?),
        Storage::Bucket(bucket) => Arc::new(Bucket::new(*bucket, clock)),
    })
}

/// Removes expired files periodically. A task of its own: a storage that does not respond keeps nobody out.
async fn sweep(server: Arc<Shared>) {
    loop {
        tokio::time::sleep(server.files.limits.fileserver_sweep).await;
        if let Err(error) = server.files.sweep().await {
            tracing::warn!(%error, "the file server could not look for expired files");
        }
    }
}

/// The tasks of the clients belong to this one: when it ends, so do they.
async fn accept(listener: TcpListener, server: Arc<Shared>) {
    let mut clients = JoinSet::new();
    let places = Arc::new(Semaphore::new(server.files.limits.fileserver_connections));
    let most = server.files.limits.fileserver_connections + server.files.limits.fileserver_waiting;
    let (pressure, _) = watch::channel(());
    loop {
        tokio::select! {
            stream = listener::accept(&listener) => {
                if clients.len() >= most {
                    let _ = stream.try_write(NO_PLACE);
                    continue;
                }
                if places.available_permits() == 0 {
                    // Idle connections make room.
                    pressure.send_replace(());
                }
                let (server, places) = (Arc::clone(&server), Arc::clone(&places));
                clients.spawn(wait_and_talk(stream, server, places, pressure.subscribe()));
            },
            Some(_) = clients.join_next() => {}
        }
    }
}

/// Waits for a slot, then serves the client until it disconnects, is cut off, or has to make room.
async fn wait_and_talk(
    mut stream: TcpStream,
    server: Arc<Shared>,
    places: Arc<Semaphore>,
    mut pressure: watch::Receiver<()>,
) {
    let limits = &server.files.limits;
    let Ok(Ok(_place)) = timeout(limits.fileserver_wait, places.acquire()).await else {
        // A client that does not even accept that is gone.
        let _ = timeout(limits.fileserver_head_time, stream.write_all(NO_PLACE)).await;
        return;
    };
    // Small answers must not wait for more; without it they come late, but come.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(PacedStream::new(
        stream,
        least(limits),
        limits.fileserver_pace_time,
    ));
    let service = service_fn(|request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(routes::answer(&server, request).await) }
    });
    let talking = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.fileserver_head_time)
        .max_header_size(limits.fileserver_head)
        // multer copies the bytes of an upload once: with half the buffer they take no more memory than without the copy.
        .max_buf_size(limits.fileserver_buffer / 2)
        .serve_connection(stream, service);
    let mut talking = pin!(talking);
    pressure.mark_unchanged();
    // How a connection ended is the client's affair.
    let _ = tokio::select! {
        end = talking.as_mut() => end,
        _ = pressure.changed() => {
            talking.as_mut().graceful_shutdown();
            talking.await
        }
    };
}
