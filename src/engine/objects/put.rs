//! Stores one object in a bucket: chunks of one size, several awaiting acknowledgement, then its metadata. The put of
//! async-nats waits for each chunk and takes twice as long, and leaves the chunks of a failed upload in the bucket.

use crate::clock;
use crate::wording::Cause;
use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::object_store::{ObjectInfo, ObjectOptions};
use async_nats::jetstream::stream::Stream;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// The bucket that objects lie in; clones share the connection.
#[derive(Clone)]
pub(super) struct Bucket {
    pub(super) name: String,
    pub(super) stream: Stream,
    pub(super) context: Context,
    pub(super) chunk_bytes: usize,
    /// Chunks that may await acknowledgement.
    pub(super) window: usize,
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
}

/// An object being stored; if dropped before it is finished, it removes what is already stored.
pub(super) struct Upload {
    bucket: Bucket,
    nuid: String,
    waiting: VecDeque<PublishAckFuture>,
    digest: Sha256,
    size: usize,
    chunks: usize,
    finished: bool,
}

impl Upload {
    /// An upload of which nothing is sent yet.
    pub(super) fn new(bucket: &Bucket) -> Self {
        Self {
            bucket: bucket.clone(),
            nuid: clock::random_uuid().simple().to_string(),
            waiting: VecDeque::new(),
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
                let room = self.bucket.chunk_bytes - chunk.len();
                chunk.extend_from_slice(&piece.split_to(room.min(piece.len())));
                if chunk.len() == self.bucket.chunk_bytes {
                    self.chunk(chunk.split().freeze()).await?;
                }
            }
        }
        if !chunk.is_empty() {
            self.chunk(chunk.freeze()).await?;
        }
        while let Some(ack) = self.waiting.pop_front() {
            acknowledged(ack).await?;
        }
        let info = self.info(name, metadata);
        self.tell(&info, None).await.map_err(Cause::root)?;
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
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(false),
            Err(error) => Err(Cause::root(error)),
        }
    }

    /// Publishes an object; its metadata replaces that of an earlier one of that name.
    async fn tell(&self, info: &ObjectInfo, expected: Option<u64>) -> Result<(), PublishError> {
        let facts = serde_json::to_vec(info)
            .map_err(|error| PublishError::with_source(PublishErrorKind::Other, error))?;
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Rollup", "sub");
        if let Some(expected) = expected {
            headers.insert("Nats-Expected-Last-Subject-Sequence", expected.to_string());
        }
        let subject = self.bucket.facts_subject(&info.name);
        let context = &self.bucket.context;
        let ack = context
            .publish_with_headers(subject, headers, facts.into())
            .await?;
        ack.await.map(drop)
    }

    async fn chunk(&mut self, bytes: Bytes) -> Result<(), Cause> {
        self.digest.update(&bytes);
        self.size += bytes.len();
        self.chunks += 1;
        if self.waiting.len() == self.bucket.window
            && let Some(ack) = self.waiting.pop_front()
        {
            acknowledged(ack).await?;
        }
        let subject = self.bucket.chunk_subject(&self.nuid);
        let ack = self.bucket.context.publish(subject, bytes).await;
        self.waiting.push_back(ack.map_err(Cause::root)?);
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
                max_chunk_size: Some(self.bucket.chunk_bytes),
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
        let (stream, waiting) = (self.bucket.stream.clone(), std::mem::take(&mut self.waiting));
        let subject = self.bucket.chunk_subject(&self.nuid);
        runtime.spawn(async move {
            // What is still on its way has to be there before it can be removed.
            for ack in waiting {
                ack.await.ok();
            }
            stream.purge().filter(subject).await.ok();
        });
    }
}

/// The bytes to be stored ended early.
#[derive(Debug, thiserror::Error)]
#[error("the data to store broke off: {0}")]
struct BrokeOff(#[source] std::io::Error);

async fn acknowledged(ack: PublishAckFuture) -> Result<(), Cause> {
    ack.await.map(drop).map_err(Cause::root)
}
