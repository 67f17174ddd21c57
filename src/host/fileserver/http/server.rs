//! Starts and stops the file server: the listener, connection slots, and the sweeper.

use super::access::{Access, Right};
use super::paced_body::least;
use super::paced_stream::PacedStream;
use super::places::{Places, Visit};
use super::routes;
use super::shared::Shared;
use crate::fileserver::deposits::Deposits;
use crate::fileserver::options::{FileHostError, FileHostOptions, Storage};
use crate::fileserver::storage::{Backend, Bucket, Directory, OneRun, StoredFiles, new_secret};
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
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The response to a client if no slot is free.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\
    Content-Type: text/plain\r\nContent-Length: 56\r\n\r\nAll connections are in use; please try again in a while.";

/// Time in which one who makes room is told so.
const PARTING: Duration = Duration::from_secs(1);

const FILE_SERVER: ServerKind = ServerKind {
    name: "a file server",
    others: "file server",
    port: 8080,
};

/// A running file server. Stops when dropped; what was kept for the run goes with it.
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
    terms: String,
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
            open,
            public_url,
            limits,
            clock,
        } = options;
        let (listener, bound) = listener::bind(FILE_SERVER, listen).await?;
        let address = format!("http://{}", reachable(bound));
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        let mut url = public_url.clone().unwrap_or_else(|| address.clone());
        // An empty one would let everybody in.
        let given = token.filter(|token| !token.expose().is_empty());
        let free = match (open, bound.ip().is_loopback() && given.is_none()) {
            (true, _) => Right::Change,
            (false, true) => Right::Add,
            (false, false) => Right::Read,
        };
        let secret = given.is_none().then(new_secret);
        let token = secret.as_deref().or(given.as_ref().map(Secret::expose));
        let access = Access::new(token.unwrap_or_default(), free);
        let terms = terms(free, &url, secret.as_deref());
        if let (Right::Read, Some(secret)) = (free, &secret) {
            // Uploaders need the URL, and nobody can guess it.
            url = format!("{url}/{}", percent_encode(secret));
        }
        let backend = backend(storage, &limits, clock)?;
        let files = StoredFiles::new(backend, limits, clock);
        files.sweep().await.map_err(FileHostError::Storage)?;
        let server = Arc::new(Shared {
            files: Arc::new(files),
            claims: Arc::default(),
            access,
            address,
            public_url,
        });
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&server)));
        serving.spawn(sweep(Arc::clone(&server)));
        Ok(Self {
            url,
            terms,
            server,
            serving,
        })
    }

    /// Where uploads go and files are served, as `http://127.0.0.1:PORT`. On an address beyond loopback it ends with the
    /// secret part that allows uploads, unless a token was given.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who may do what, in a sentence for the one who started it: it may hold the token of this run.
    pub fn terms(&self) -> &str {
        &self.terms
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

/// Who may do what, in a sentence.
fn terms(free: Right, url: &str, secret: Option<&str>) -> String {
    match (free, secret) {
        (Right::Change, _) => {
            "Everybody who reaches this address may upload, replace and delete files.".to_owned()
        }
        (Right::Add, secret) => {
            let secret = secret.unwrap_or_default();
            format!(
                "Plik uploads need no token on this machine. PUT and DELETE need this run's: Authorization: Bearer \
                 {secret}, or {url}/{secret}/NAME; --open does without."
            )
        }
        (Right::Read, Some(_)) => {
            "Other machines can reach this address, so its URL ends with a secret: uploads \
            need it, downloads do not."
                .to_owned()
        }
        (Right::Read, None) => {
            "Uploads need the token, as Authorization: Bearer TOKEN or as the first part of the path."
                .to_owned()
        }
    }
}

/// What keeps the files.
fn backend(storage: Storage, limits: &Limits, clock: fn() -> i64) -> Result<Arc<dyn Backend>, FileHostError> {
    let unusable = |path: PathBuf| |source| FileHostError::Directory { path, source };
    Ok(match storage {
        Storage::Temporary => Arc::new(OneRun::new(limits, clock).map_err(unusable(std::env::temp_dir()))?),
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
    let limits = &server.files.limits;
    let mut clients = JoinSet::new();
    let places = Places::new(limits);
    // Those who have to make room are told so before they go.
    let most = 2 * (limits.fileserver_connections + limits.fileserver_waiting);
    loop {
        tokio::select! {
            (stream, from) = listener::accept(&listener) => {
                let visit = (clients.len() < most).then(|| places.enter(from)).flatten();
                match visit {
                    Some(visit) => _ = clients.spawn(talk(stream, Arc::clone(&server), visit)),
                    None => _ = stream.try_write(NO_PLACE),
                }
            },
            Some(_) = clients.join_next() => {}
        }
    }
}

/// Serves a client until it disconnects, is cut off, or has to make room.
async fn talk(stream: TcpStream, server: Arc<Shared>, visit: Arc<Visit>) {
    let limits = &server.files.limits;
    // Small answers must not wait for more; without it they come late, but come.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(PacedStream::new(
        stream,
        Arc::clone(&visit),
        least(limits),
        limits.fileserver_pace_time,
    ));
    let service = service_fn(|request| {
        let (server, visit) = (Arc::clone(&server), Arc::clone(&visit));
        async move { Ok::<_, Infallible>(routes::answer(&server, &visit, request).await) }
    });
    let talking = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.fileserver_head_time)
        .max_header_size(limits.fileserver_head)
        // multer copies the bytes of an upload once: with half the buffer they take no more memory than without the copy.
        .max_buf_size(limits.fileserver_buffer / 2)
        .serve_connection(stream, service);
    let mut talking = pin!(talking);
    // How a connection ended is the client's affair.
    tokio::select! {
        _ = talking.as_mut() => {}
        () = visit.over() => {
            talking.as_mut().graceful_shutdown();
            let _ = timeout(PARTING, talking).await;
        }
    }
}
