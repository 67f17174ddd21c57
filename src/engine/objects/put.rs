//! Stores one object in a bucket: chunks of one size, several awaiting acknowledgement, then its metadata. The put of
//! async-nats waits for each chunk and takes twice as long, and leaves the chunks of a failed upload in the bucket.

use crate::clock;
use crate::connection::{Connection, Outgoing};
use crate::streams::{Api, MSG_ID, PublishAck, Source, StreamError, patiently, publish_acknowledged};
use crate::wording::Cause;
use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::object_store::{ObjectInfo, ObjectOptions};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use tokio::time::{Instant, timeout_at};

/// The bucket that objects lie in; clones share the connection.
#[derive(Clone)]
pub(super) struct Bucket {
    pub(super) name: String,
    /// The stream behind it.
    pub(super) source: Source,
    pub(super) context: Context,
    /// Chunks that may await acknowledgement.
    pub(super) window: usize,
}

/// What the broker says of a purge.
#[derive(Deserialize)]
struct Purged {
    #[serde(default)]
    purged: u64,
}

impl Bucket {
    /// Where the chunks of an object lie.
    pub(super) fn chunk_subject(&self, nuid: &str) -> String {
        format!("$O.{}.C.{nuid}", self.name)
    }

    /// Where the facts of an object lie.
    pub(super) fn facts_subject(&self, name: &str) -> String {
        format!("$O.{}.M.{}", self.name, URL_SAFE.encode(name))
    }

    /// Removes what lies under a subject, where a number is given what lies before it. How much that was; `None` if it is gone
    /// and nobody knows by whom, because the first request got no answer.
    pub(super) async fn purge(&self, subject: &str, before: Option<u64>) -> Result<Option<u64>, StreamError> {
        let mut body = json!({"filter": subject});
        if let Some(before) = before {
            body["seq"] = json!(before);
        }
        let (api, asked) = (self.api(), format!("STREAM.PURGE.{}", self.source.stream));
        let mut unanswered = false;
        let purging = patiently!(api, {
            let purged = api.ask_once::<Purged>(&asked, &body).await;
            unanswered |= matches!(purged, Err(StreamError::Silent { .. }));
            purged
        });
        let purged = purging?.purged;
        Ok((purged > 0 || !unanswered).then_some(purged))
    }

    /// Has the stream store a message; under its id only once, however often it is sent.
    async fn store(
        &self,
        subject: &str,
        id: String,
        headers: &[(&str, String)],
        payload: &[u8],
    ) -> Result<PublishAck, StreamError> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let headers: Vec<_> = headers.chain([(MSG_ID.to_owned(), id)]).collect();
        let message = Outgoing {
            subject,
            headers: &headers,
            payload,
            ..Outgoing::default()
        };
        publish_acknowledged(self.connection(), message).await
    }

    pub(super) fn api(&self) -> &Api {
        &self.source.api
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.api().connection
    }
}

/// An object being stored; if dropped before it is finished, it removes what is already stored.
pub(super) struct Upload {
    bucket: Bucket,
    nuid: String,
    /// Bytes of a chunk, as the broker takes them now.
    chunk_bytes: usize,
    waiting: VecDeque<Chunk>,
    /// The number of the last chunk that is known to be stored.
    last: u64,
    digest: Sha256,
    size: usize,
    chunks: usize,
    finished: bool,
}

/// A chunk on its way.
struct Chunk {
    id: String,
    bytes: Bytes,
    /// Unless it could not even be sent.
    ack: Option<PublishAckFuture>,
    until: Instant,
}

impl Upload {
    /// An upload of which nothing is sent yet.
    pub(super) fn new(bucket: &Bucket) -> Self {
        let connection = bucket.connection();
        Self {
            bucket: bucket.clone(),
            chunk_bytes: connection.limits.object_chunk.min(connection.max_payload()),
            nuid: clock::random_uuid().simple().to_string(),
            waiting: VecDeque::new(),
            last: 0,
            digest: Sha256::new(),
            size: 0,
            chunks: 0,
            finished: false,
        }
    }

    /// Sends all of it, then makes it known under its name. The error is why, as part of a sentence.
    pub(super) async fn finish(
        mut self,
        name: &str,
        metadata: Vec<(String, String)>,
        mut body: BoxStream<'_, std::io::Result<Bytes>>,
    ) -> Result<ObjectInfo, Cause> {
        if name.is_empty() {
            return Err(Cause::of("an object needs a name"));
        }
        let mut chunk = BytesMut::new();
        while let Some(piece) = body.next().await {
            let mut piece = piece.map_err(|error| Cause::of(BrokeOff(error)))?;
            while !piece.is_empty() {
                let room = self.chunk_bytes - chunk.len();
                chunk.extend_from_slice(&piece.split_to(room.min(piece.len())));
                if chunk.len() == self.chunk_bytes {
                    self.chunk(chunk.split().freeze()).await?;
                }
            }
        }
        if !chunk.is_empty() {
            self.chunk(chunk.freeze()).await?;
        }
        while let Some(chunk) = self.waiting.pop_front() {
            self.stored(chunk).await?;
        }
        let info = self.info(name, metadata);
        self.tell(&info, None).await.map_err(reason)?;
        self.finished = true;
        Ok(info)
    }

    /// Publishes an object without bytes, if the last metadata under its name still has sequence number `expected`, 0
    /// for none: the broker compares. Returns whether it did.
    pub(super) async fn create(
        self,
        name: &str,
        metadata: Vec<(String, String)>,
        expected: u64,
    ) -> Result<bool, Cause> {
        let info = self.info(name, metadata);
        match self.tell(&info, Some(expected)).await {
            Ok(()) => Ok(true),
            Err(StreamError::Overtaken { .. }) => Ok(false),
            Err(error) => Err(reason(error)),
        }
    }

    /// Publishes an object; its metadata replaces that of an earlier one of that name.
    async fn tell(&self, info: &ObjectInfo, expected: Option<u64>) -> Result<(), StreamError> {
        let subject = self.bucket.facts_subject(&info.name);
        let facts = serde_json::to_vec(info)
            .map_err(|error| self.bucket.api().failed("storing an object", Cause::of(error)))?;
        let expected = expected.map(|last| ("Nats-Expected-Last-Subject-Sequence", last.to_string()));
        let rollup = ("Nats-Rollup", "sub".to_owned());
        let headers: Vec<_> = expected.into_iter().chain([rollup]).collect();
        let stored = self.bucket.store(&subject, self.nuid.clone(), &headers, &facts);
        stored.await.map(drop)
    }

    async fn chunk(&mut self, bytes: Bytes) -> Result<(), Cause> {
        self.digest.update(&bytes);
        self.size += bytes.len();
        self.chunks += 1;
        if self.waiting.len() == self.bucket.window
            && let Some(chunk) = self.waiting.pop_front()
        {
            self.stored(chunk).await?;
        }
        let id = format!("{}.{}", self.nuid, self.chunks);
        let mut headers = HeaderMap::new();
        headers.insert(MSG_ID, id.as_str());
        let subject = self.bucket.chunk_subject(&self.nuid);
        let context = &self.bucket.context;
        let sent = context.publish_with_headers(subject, headers, bytes.clone());
        self.waiting.push_back(Chunk {
            id,
            bytes,
            ack: sent.await.ok(),
            until: Instant::from_std(clock::instant()) + self.bucket.connection().limits.stream_time,
        });
        Ok(())
    }

    /// Waits until a chunk is stored. One that was not taken is sent again: a cluster that has chosen another leader meanwhile
    /// takes it now, or has it already; and if not, says why.
    async fn stored(&mut self, chunk: Chunk) -> Result<(), Cause> {
        let acknowledged = match chunk.ack {
            Some(ack) => timeout_at(chunk.until, ack).await.ok().and_then(Result::ok),
            None => None,
        };
        let sequence = if let Some(acknowledged) = acknowledged {
            acknowledged.sequence
        } else {
            let subject = self.bucket.chunk_subject(&self.nuid);
            let stored = self.bucket.store(&subject, chunk.id, &[], &chunk.bytes);
            stored.await.map_err(reason)?.sequence
        };
        if sequence <= self.last {
            return Err(Cause::of("its pieces did not arrive in their order"));
        }
        self.last = sequence;
        Ok(())
    }

    fn info(&self, name: &str, metadata: Vec<(String, String)>) -> ObjectInfo {
        let digest = URL_SAFE.encode(self.digest.clone().finalize());
        ObjectInfo {
            name: name.to_owned(),
            description: None,
            metadata: metadata.into_iter().collect(),
            headers: None,
            options: Some(ObjectOptions {
                link: None,
                max_chunk_size: Some(self.chunk_bytes),
            }),
            bucket: self.bucket.name.clone(),
            nuid: self.nuid.clone(),
            size: self.size,
            chunks: self.chunks,
            modified: Some(async_nats::datetime::now()),
            digest: Some(format!("SHA-256={digest}")),
            deleted: false,
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.finished || self.chunks == 0 {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (bucket, waiting) = (self.bucket.clone(), std::mem::take(&mut self.waiting));
        let subject = self.bucket.chunk_subject(&self.nuid);
        runtime.spawn(async move {
            // What is still on its way has to be there before it can be removed.
            for chunk in waiting {
                if let Some(ack) = chunk.ack {
                    timeout_at(chunk.until, ack).await.ok();
                }
            }
            bucket.purge(&subject, None).await.ok();
        });
    }
}

/// The stream's own words, where it has given some.
fn reason(error: StreamError) -> Cause {
    match error {
        StreamError::NotTaken { why, .. } => Cause::of(why),
        error => Cause::of(error),
    }
}

/// The bytes to be stored ended early.
#[derive(Debug, thiserror::Error)]
#[error("the data to store broke off: {0}")]
struct BrokeOff(#[source] std::io::Error);
