//! `smartsend`: packs the envelope, uploads links, publishes, and reports how far it got.

use super::error::BridgeError;
use super::new_envelope::Stamp;
use super::options::{SendOptions, Sent};
use super::pack::{Draft, draft};
use super::payloads::Payloads;
use super::request::{Request, RequestOptions};
use crate::clock;
use crate::connect::ConnectOptions;
use crate::connection::{Connection, Outgoing, wire_length};
use crate::streams::{MSG_ID, publish_acknowledged};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use natsbridge_wire::{Envelope, Limits};

/// A bridge over one kept connection; clones share it.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{Bridge, ConnectOptions, Payload, SendOptions};
/// let bridge = Bridge::connect(&ConnectOptions::from_urls("localhost")?).await?;
/// let message = Payload::text("message", "Hello");
/// let sent = bridge.send("/chat/room1", message, &SendOptions::default()).await?;
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

    /// The same sender over another connection.
    pub(crate) fn moved_to(&self, connection: Connection) -> Self {
        Self {
            connection,
            sender_id: self.sender_id.clone(),
        }
    }

    /// The id that its envelopes name as their sender's.
    pub fn sender_id(&self) -> &str {
        &self.sender_id
    }

    /// The connection it sends over.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Builds the envelope without sending it (`--dry-run`). Nothing is uploaded: links name the file server only.
    pub fn compose(
        subject: &str,
        data: impl Into<Payloads>,
        options: &SendOptions,
    ) -> Result<(Envelope<'static>, Bytes), BridgeError> {
        let data = data.into();
        let mut draft = draft(subject, &data, options, None, &mut stamp(&mut new_id))?;
        draft.read(&data)?;
        let bytes = draft.write(options);
        Ok((draft.envelope, bytes))
    }

    /// Sends payloads as one envelope. Links are uploaded first, and nothing is published unless all uploads succeed.
    /// If the message exceeds the broker's limit, payloads are sent as links, if a file server is configured. The
    /// envelope names the broker this bridge is connected to, whatever `options.nats_url` says.
    pub async fn send(
        &self,
        subject: &str,
        data: impl Into<Payloads>,
        options: &SendOptions,
    ) -> Result<Sent, BridgeError> {
        let mut sent = self.prepare(subject, &data.into(), options).await?;
        if options.jetstream {
            sent.acknowledged = Some(publish_acknowledged(&self.connection, sent.message()).await?);
            sent.flushed = true;
        } else {
            sent.flushed = self.connection.deliver(sent.message()).await?;
        }
        Ok(sent)
    }

    /// Sends payloads as a request: replies are taken on the envelope's `reply_to` and on an inbox of NATS alike. An
    /// empty `options.reply_to` is filled with that inbox, because peers answer to the envelope's field only.
    ///
    /// ```no_run
    /// # async fn example(bridge: natsbridge_engine::Bridge) -> Result<(), Box<dyn std::error::Error>> {
    /// use natsbridge_engine::{Payload, RequestOptions, SendOptions};
    /// let question = Payload::text("question", "What time is it?");
    /// let (sent, mut request) = bridge
    ///     .request("chat.time", question, &SendOptions::default(), RequestOptions::default())
    ///     .await?;
    /// while let Some(reply) = request.next().await {
    ///     println!("{} bytes in answer to {}", reply.payload.len(), sent.envelope.msg_id);
    /// }
    /// println!("{:?}", request.outcome());
    /// # Ok(()) }
    /// ```
    pub async fn request(
        &self,
        subject: &str,
        data: impl Into<Payloads>,
        options: &SendOptions,
        wait: RequestOptions,
    ) -> Result<(Sent, Request), BridgeError> {
        let mut options = options.clone();
        let inbox = self.inbox_for(&mut options);
        let mut sent = self.prepare(subject, &data.into(), &options).await?;
        let message = Outgoing {
            reply: Some(&inbox),
            ..sent.message()
        };
        let request = Request::send(&self.connection, message, &options.reply_to, wait).await?;
        sent.flushed = request.flushed();
        Ok((sent, request))
    }

    /// A new inbox for the replies to a request, which is also its `reply_to` if it has none: peers answer to the
    /// envelope's field only.
    pub(crate) fn inbox_for(&self, options: &mut SendOptions) -> String {
        let inbox = self.connection.new_inbox();
        if options.reply_to.is_empty() {
            options.reply_to.clone_from(&inbox);
        }
        inbox
    }

    /// Everything before publishing: the envelope with its links uploaded.
    pub(crate) async fn prepare(
        &self,
        subject: &str,
        data: &Payloads,
        options: &SendOptions,
    ) -> Result<Sent, BridgeError> {
        // Asked before anything is uploaded.
        self.connection.may_write()?;
        let options = SendOptions {
            nats_url: self.connection.server().address,
            ..options.clone()
        };
        let most = self.connection.max_payload().saturating_sub(reserve(&options));
        let mut draft = draft(subject, data, &options, Some(most), &mut stamp(&mut new_id))?;
        draft.envelope.sender_id = self.sender_id.clone().into();
        // Unreadable content is detected before anything is uploaded.
        let mut draft = read(draft, data).await?;
        for (index, url) in upload(draft.links().collect(), data, &options).await? {
            draft.link(index, &url);
        }
        Ok(Sent {
            bytes: draft.write(&options),
            headers: headers(&options, &draft.envelope.msg_id),
            moved: draft
                .moved
                .iter()
                .map(|index| data[*index].dataname.clone())
                .collect(),
            envelope: draft.envelope,
            flushed: false,
            acknowledged: None,
        })
    }
}

/// The headers as they go out: a stream is told the message's id, unless the caller gave another.
pub(crate) fn headers(options: &SendOptions, msg_id: &str) -> Vec<(String, String)> {
    let mut headers = options.headers.clone();
    if options.jetstream && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(MSG_ID)) {
        headers.push((MSG_ID.to_owned(), msg_id.to_owned()));
    }
    headers
}

/// Bytes that the headers take beyond those of the options.
pub(crate) fn reserve(options: &SendOptions) -> usize {
    const ID: &str = "00000000-0000-0000-0000-000000000000";
    wire_length(&headers(options, ID)) - wire_length(&options.headers)
}

/// Reads the direct payloads; those that lie in files off this task.
async fn read(mut draft: Draft, data: &Payloads) -> Result<Draft, BridgeError> {
    if data.iter().all(|payload| payload.body.memory().is_some()) {
        draft.read(data)?;
        return Ok(draft);
    }
    let data = data.clone();
    let reading = tokio::task::spawn_blocking(move || draft.read(&data).map(|()| draft));
    // It only ends early together with the runtime.
    reading
        .await
        .map_err(|_| BridgeError::Refused("the payloads could not be read; nothing was sent".into()))?
}

/// Uploads the links, some at a time; the first failure ends the others. Gives each with its URL.
async fn upload(
    links: Vec<usize>,
    data: &Payloads,
    options: &SendOptions,
) -> Result<Vec<(usize, String)>, BridgeError> {
    let (Some(fileserver), false) = (&options.fileserver, links.is_empty()) else {
        return Ok(vec![]);
    };
    let total = links.iter().map(|index| data[*index].body.len()).sum();
    options.progress.start(Some(total));
    // By value: a task that runs this needs it to hold for any lifetime.
    let uploads = links.into_iter().map(|index| {
        let (name, body) = (&data[index].dataname, data[index].body.clone());
        let uploading = fileserver.upload(&options.fileserver_url, name, body, &options.progress);
        async move {
            let uploaded = uploading.await.map_err(BridgeError::NotUploaded)?;
            match uploaded.status {
                200..300 => Ok((index, uploaded.url)),
                status => Err(BridgeError::UploadStatus {
                    dataname: name.clone(),
                    status,
                }),
            }
        }
    });
    let at_once = Limits::in_force().links_at_once;
    stream::iter(uploads)
        .buffer_unordered(at_once)
        .try_collect()
        .await
}

/// Connects to `options.nats_url`, sends one envelope, waits until it is flushed. Payloads of `options.size_threshold`
/// bytes and more are uploaded to `options.fileserver_url` and go by link; those in files are read piece by piece.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use natsbridge_engine::{Payload, SendOptions, file_blob, smartsend};
/// use natsbridge_wire::Kind;
/// let payloads = [
///     Payload::text("message", "Look at this"),
///     Payload::new("film", file_blob("film.mp4".as_ref())?, Kind::Video),
/// ];
/// let sent = smartsend("/chat/room1", payloads, &SendOptions::default()).await?;
/// println!("{} bytes, correlation {}", sent.bytes.len(), sent.envelope.correlation_id);
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// If it cannot connect, an argument is refused, an upload fails (then nothing is sent), or it cannot be published;
/// the sentence says which, and what to try.
pub async fn smartsend(
    subject: &str,
    data: impl Into<Payloads>,
    options: &SendOptions,
) -> Result<Sent, BridgeError> {
    let bridge = Bridge::connect(&ConnectOptions::from_urls(&options.nats_url)?).await?;
    let sent = bridge.send(subject, data, options).await;
    bridge.connection.close().await;
    sent
}

/// The edge where time and randomness come in.
fn stamp(new_id: &mut dyn FnMut() -> String) -> Stamp<'_> {
    Stamp {
        at: clock::now(),
        new_id,
    }
}

fn new_id() -> String {
    clock::random_uuid().to_string()
}
