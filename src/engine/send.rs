//! `smartsend`: drafts the envelope, uploads what goes by link, publishes, and knows how far it got.

use super::bridge::{Payloads, SendOptions, Sent};
use super::bridge_error::BridgeError;
use super::connection::{Connection, ConnectionError, Outgoing};
use super::draft::{Stamp, draft};
use super::options::ConnectOptions;
use crate::wire::Envelope;
use bytes::Bytes;

/// A bridge over one kept connection; clones share it.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge::engine::{Bridge, ConnectOptions, SendOptions};
/// use natsbridge::wire::Kind;
/// let bridge = Bridge::connect(&ConnectOptions::from_urls("localhost")?).await?;
/// let data = vec![("message".to_owned(), "Hello".into(), Kind::Text)];
/// let sent = bridge.send("/chat/room1", &data, &SendOptions::default()).await?;
/// assert!(sent.flushed);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Bridge {
    connection: Connection,
    sender_id: String,
}

impl Bridge {
    /// Connects.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, BridgeError> {
        Ok(Self::over(Connection::open(options).await?))
    }

    /// A bridge over a connection that is there already.
    pub fn over(connection: Connection) -> Self {
        Self {
            connection,
            sender_id: new_id(),
        }
    }

    /// The connection it sends over.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Builds the envelope without sending it (`--dry-run`). Nothing is uploaded: links name the file server only.
    pub fn compose(
        subject: &str,
        data: &Payloads,
        options: &SendOptions,
    ) -> Result<(Envelope<'static>, Bytes), BridgeError> {
        let draft = draft(subject, data, options, None, &mut stamp(&mut new_id))?;
        let bytes = draft.write(options);
        Ok((draft.envelope, bytes))
    }

    /// Sends payloads as one envelope. What does not fit the broker's largest message goes by link, if a file server is
    /// configured. The envelope names the broker this bridge is connected to, whatever `options.nats_url` says.
    pub async fn send(
        &self,
        subject: &str,
        data: &Payloads,
        options: &SendOptions,
    ) -> Result<Sent, BridgeError> {
        let server = self.connection.server();
        let options = SendOptions {
            nats_url: server.address,
            ..options.clone()
        };
        let mut draft = draft(
            subject,
            data,
            &options,
            Some(server.max_payload),
            &mut stamp(&mut new_id),
        )?;
        draft.envelope.sender_id = self.sender_id.clone().into();
        if let Some(fileserver) = &options.fileserver {
            for index in draft.links.clone() {
                let Some((name, body, _)) = data.get(index) else {
                    continue;
                };
                let uploaded = fileserver
                    .upload(&options.fileserver_url, name, body.clone(), &options.progress)
                    .await?;
                if !(200..300).contains(&uploaded.status) {
                    return Err(BridgeError::Link(format!(
                        "the file server {} answered the upload of '{name}' with status {}; nothing was sent",
                        options.fileserver_url, uploaded.status
                    )));
                }
                draft.link(index, &uploaded.url);
            }
        }
        let bytes = draft.write(&options);
        let message = Outgoing {
            subject,
            reply: None,
            headers: &options.headers,
            payload: &bytes,
        };
        let flushed = self
            .connection
            .deliver(message)
            .await
            .map_err(|error| explained(&error))?;
        Ok(Sent {
            envelope: draft.envelope,
            bytes,
            flushed,
            moved: vec![],
            acknowledged: None,
        })
    }
}

/// Connects to `options.nats_url`, sends one envelope, waits until it is flushed.
pub async fn smartsend(subject: &str, data: &Payloads, options: &SendOptions) -> Result<Sent, BridgeError> {
    let bridge = Bridge::connect(&ConnectOptions::from_urls(&options.nats_url)?).await?;
    let sent = bridge.send(subject, data, options).await;
    bridge.connection.close().await;
    sent
}

fn explained(error: &ConnectionError) -> BridgeError {
    match error {
        ConnectionError::NotPermitted { .. } | ConnectionError::Down { .. } => {
            BridgeError::Publish(error.to_string())
        }
        _ => BridgeError::Refused(error.to_string()),
    }
}

/// The edge where time and randomness come in.
fn stamp(new_id: &mut dyn FnMut() -> String) -> Stamp<'_> {
    Stamp {
        at: jiff::Timestamp::now(),
        new_id,
    }
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
