//! The connection that a session sends over: opened on first use, reopened if it ended for good, closed with the
//! session. It is separate from the one the session receives with, which counts every message it gets.

use super::error::JobError;
use crate::bridge::{Bridge, SendOptions};
use crate::clock;
use crate::connect::ConnectOptions;
use crate::connection::Connection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};

/// How long a client seen alive is assumed to be alive: checking costs a write.
const SEEN: Duration = Duration::from_secs(1);

/// The connection; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    options: Arc<ConnectOptions>,
    open: Arc<Mutex<Option<Open>>>,
    standing: watch::Receiver<Standing>,
}

/// How the session is connected: what the screen shows is what counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether it is.
    pub(crate) connected: bool,
    /// How often the broker has changed on the way what it takes.
    pub(crate) changes: u64,
}

/// An open connection.
#[derive(Debug)]
struct Open {
    bridge: Bridge,
    /// When it was last seen alive.
    seen: Instant,
    /// What the broker said of itself when it was opened is from after so many changes.
    changes: u64,
}

impl Line {
    /// A line that is not open yet.
    pub(crate) fn new(options: ConnectOptions, standing: watch::Receiver<Standing>) -> Self {
        Self {
            options: Arc::new(options),
            open: Arc::default(),
            standing,
        }
    }

    /// How it connects.
    pub(crate) fn options(&self) -> &ConnectOptions {
        &self.options
    }

    /// Whether there is a connection to send over, as far as the session knows.
    pub(crate) fn stands(&self) -> bool {
        self.standing.borrow().connected
    }

    /// Waits until the session is connected; for ever once it has ended.
    pub(crate) async fn stood(&self) {
        let mut standing = self.standing.clone();
        if standing.wait_for(|standing| standing.connected).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The bridge over a connection that accepts messages now.
    pub(super) async fn bridge(&self) -> Result<Bridge, JobError> {
        let mut slot = self.open.lock().await;
        let changes = self.standing.borrow().changes;
        // The client does not heed what a broker says of itself later on; a new one does.
        if let Some(open) = &mut *slot
            && open.changes == changes
            && alive(open.bridge.connection(), &mut open.seen).await
        {
            let bridge = open.bridge.clone();
            // Others that find it away need not wait one after the other.
            drop(slot);
            bridge.connection().wait_until_up().await;
            return match bridge.connection().up() {
                Ok(()) => Ok(bridge),
                Err(error) => Err(JobError::Down(error)),
            };
        }
        let connection = Connection::open(&self.options).await.map_err(JobError::Connect)?;
        let bridge = match &*slot {
            Some(open) => open.bridge.moved_to(connection),
            None => Bridge::over(connection),
        };
        *slot = Some(Open {
            bridge: bridge.clone(),
            seen: clock::instant(),
            changes,
        });
        Ok(bridge)
    }

    /// The connection that is open, if one is.
    pub(crate) async fn open(&self) -> Option<Connection> {
        let slot = self.open.lock().await;
        slot.as_ref().map(|open| open.bridge.connection().clone())
    }
}

/// Whether the client is alive, and so restores a lost connection by itself.
async fn alive(connection: &Connection, seen: &mut Instant) -> bool {
    if connection.up().is_err() || seen.elapsed() < SEEN {
        return true;
    }
    *seen = clock::instant();
    !connection.is_over().await
}

/// The options with a file server that may use this connection, where it needs one.
pub(crate) fn over(options: &SendOptions, connection: &Connection) -> SendOptions {
    let server = options.fileserver.as_ref();
    SendOptions {
        fileserver: server.map(|server| server.over(connection).unwrap_or_else(|| Arc::clone(server))),
        ..options.clone()
    }
}
