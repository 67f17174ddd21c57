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
    /// With when it was last seen alive.
    bridge: Arc<Mutex<Option<(Bridge, Instant)>>>,
    /// Whether the session is connected: what the screen shows is what counts.
    standing: watch::Receiver<bool>,
}

impl Line {
    /// A line that is not open yet.
    pub(crate) fn new(options: ConnectOptions, standing: watch::Receiver<bool>) -> Self {
        Self {
            options: Arc::new(options),
            bridge: Arc::default(),
            standing,
        }
    }

    /// How it connects.
    pub(crate) fn options(&self) -> &ConnectOptions {
        &self.options
    }

    /// Whether there is a connection to send over, as far as the session knows.
    pub(crate) fn stands(&self) -> bool {
        *self.standing.borrow()
    }

    /// Waits until the session is connected; for ever once it has ended.
    pub(crate) async fn stood(&self) {
        let mut standing = self.standing.clone();
        if standing.wait_for(|stands| *stands).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The bridge over a connection that accepts messages now.
    pub(super) async fn bridge(&self) -> Result<Bridge, JobError> {
        let mut slot = self.bridge.lock().await;
        if let Some((bridge, seen)) = &mut *slot
            && alive(bridge.connection(), seen).await
        {
            let bridge = bridge.clone();
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
            Some((earlier, _)) => earlier.moved_to(connection),
            None => Bridge::over(connection),
        };
        *slot = Some((bridge.clone(), clock::instant()));
        Ok(bridge)
    }

    /// The connection that is open, if one is.
    pub(crate) async fn open(&self) -> Option<Connection> {
        let slot = self.bridge.lock().await;
        slot.as_ref().map(|(bridge, _)| bridge.connection().clone())
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
