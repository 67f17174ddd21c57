//! Reads one object of a bucket, chunk by chunk, and checks its size and digest. The read of async-nats is as fast, but
//! waits without end for chunks that were removed, and leaves its consumer at the broker for half a minute.

use super::put::Bucket;
use crate::streams::{Source, patiently};
use crate::wording::root;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::object_store::ObjectInfo;
use async_nats::jetstream::stream::Stream;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use natsbridge_wire::Limits;
use sha2::{Digest, Sha256};
use std::io;
use tokio::time::timeout;

/// An object being read.
pub(super) struct Reading {
    name: String,
    /// Its chunks at the stream's leader, and the number of the next one.
    source: Source,
    next: u64,
    /// What brings many of them, as long as that works.
    consumer: Option<Consumer>,
    limits: Limits,
    left: u64,
    skip: u64,
    digest: Sha256,
    expected: Option<String>,
}

/// A consumer of the chunks; dropping it removes it at the broker, which would keep it for half a minute, and a busy file
/// server has many.
struct Consumer {
    stream: Stream<()>,
    name: String,
    messages: Ordered,
}

impl Consumer {
    /// Makes one; without one that can be made, chunks are asked for one by one.
    async fn start(bucket: &Bucket, subject: String, limits: &Limits) -> Option<Self> {
        let stream = bucket.context.get_stream_no_info(&bucket.source.stream);
        let stream = stream.await.ok()?;
        let config = OrderedConfig {
            filter_subject: subject,
            // As many chunks may wait here for a slow reader.
            max_batch: limits.object_window as i64,
            ..OrderedConfig::default()
        };
        let consumer = stream.create_consumer(config).await.ok()?;
        Some(Self {
            stream,
            name: consumer.cached_info().name.clone(),
            messages: consumer.messages().await.ok()?,
        })
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (stream, name) = (self.stream.clone(), std::mem::take(&mut self.name));
            runtime.spawn(async move { stream.delete_consumer(&name).await.ok() });
        }
    }
}

impl Reading {
    /// Begins.
    pub(super) async fn start(
        bucket: &Bucket,
        info: &ObjectInfo,
        offset: u64,
    ) -> BoxStream<'static, io::Result<Bytes>> {
        if info.size == 0 || offset >= info.size as u64 {
            return stream::empty().boxed();
        }
        let limits = bucket.connection().limits.clone();
        let subject = bucket.chunk_subject(&info.nuid);
        let consumer = Consumer::start(bucket, subject.clone(), &limits);
        let consumer = timeout(limits.stream_time, consumer).await;
        let reading = Self {
            name: info.name.clone(),
            source: bucket.source.filtered(Some(subject)),
            next: 1,
            consumer: consumer.ok().flatten(),
            limits,
            left: info.size as u64,
            skip: offset,
            digest: Sha256::new(),
            expected: info.digest.clone(),
        };
        let pieces = stream::try_unfold(reading, async |mut reading| {
            Ok(reading.next().await?.map(|piece| (piece, reading)))
        });
        pieces.boxed()
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.left > 0 {
            let mut chunk = self.chunk().await?;
            let length = chunk.len() as u64;
            self.left = self
                .left
                .checked_sub(length)
                .ok_or_else(|| self.broken("it is longer than its metadata says"))?;
            self.digest.update(&chunk);
            if self.left == 0 {
                self.check()?;
            }
            if self.skip >= length {
                self.skip -= length;
                continue;
            }
            let chunk = chunk.split_off(self.skip as usize);
            self.skip = 0;
            return Ok(Some(chunk));
        }
        Ok(None)
    }

    async fn chunk(&mut self) -> io::Result<Bytes> {
        if let Some(consumer) = &mut self.consumer {
            let next = timeout(self.limits.stream_time, consumer.messages.next()).await;
            if let Ok(Some(Ok(message))) = next
                && let Ok(at) = message.info().map(|info| info.stream_sequence)
            {
                self.next = at + 1;
                return Ok(message.message.payload);
            }
            // It went with its server, or the stream has no leader: the rest comes one by one.
            self.consumer = None;
        }
        let source = &self.source;
        match patiently!(source.api, source.first(self.next).await) {
            Ok(Some(chunk)) => {
                self.next = chunk.sequence + 1;
                Ok(chunk.payload)
            }
            Ok(None) => Err(io::Error::other(format!(
                "{:?}: {} bytes are missing; it may have been removed in the meantime",
                self.name, self.left
            ))),
            Err(error) => Err(io::Error::other(format!(
                "reading {:?} was interrupted: {}",
                self.name,
                root(&error)
            ))),
        }
    }

    fn check(&self) -> io::Result<()> {
        let digest = format!("SHA-256={}", URL_SAFE.encode(self.digest.clone().finalize()));
        match &self.expected {
            Some(expected) if *expected != digest => Err(self.broken("its digest differs")),
            _ => Ok(()),
        }
    }

    fn broken(&self, why: &str) -> io::Error {
        let text = format!("{:?} differs from what was stored: {why}", self.name);
        io::Error::new(io::ErrorKind::InvalidData, text)
    }
}
