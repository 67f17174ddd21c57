//! Reads one object of a bucket, chunk by chunk, and checks its size and digest. The read of async-nats is as fast, but
//! waits without end for chunks that were removed, and leaves its consumer at the broker for half a minute.

use crate::wording::{Cause, root};
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
use std::time::Duration;
use tokio::time::timeout;

/// An object being read.
pub(super) struct Reading {
    name: String,
    stream: Stream,
    consumer: String,
    messages: Ordered,
    silence: Duration,
    left: u64,
    skip: u64,
    digest: Sha256,
    expected: Option<String>,
}

impl Reading {
    /// Begins; the error is why it could not, as part of a sentence.
    pub(super) async fn start(
        chunks: &Stream,
        subject: String,
        info: &ObjectInfo,
        offset: u64,
        limits: &Limits,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>, Cause> {
        if info.size == 0 || offset >= info.size as u64 {
            return Ok(stream::empty().boxed());
        }
        let opening = async {
            let consumer = chunks
                .create_consumer(OrderedConfig {
                    filter_subject: subject,
                    // As many chunks may wait here for a slow reader.
                    max_batch: limits.object_window as i64,
                    ..OrderedConfig::default()
                })
                .await
                .map_err(Cause::root)?;
            let name = consumer.cached_info().name.clone();
            let messages = consumer.messages().await.map_err(Cause::root)?;
            Ok::<_, Cause>((name, messages))
        };
        let (consumer, messages) = timeout(limits.object_silence, opening)
            .await
            .unwrap_or_else(|_| Err(Cause::of("the broker did not answer")))?;
        let reading = Self {
            name: info.name.clone(),
            stream: chunks.clone(),
            consumer,
            messages,
            silence: limits.object_silence,
            left: info.size as u64,
            skip: offset,
            digest: Sha256::new(),
            expected: info.digest.clone(),
        };
        let pieces = stream::try_unfold(reading, async |mut reading| {
            Ok(reading.next().await?.map(|piece| (piece, reading)))
        });
        Ok(pieces.boxed())
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
        match timeout(self.silence, self.messages.next()).await {
            Ok(Some(Ok(message))) => Ok(message.message.payload),
            Ok(Some(Err(error))) => Err(io::Error::other(format!(
                "reading {:?} was interrupted: {}",
                self.name,
                root(&error)
            ))),
            Ok(None) => Err(io::Error::other(format!(
                "reading {:?} was interrupted",
                self.name
            ))),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!(
                    "{:?}: no data for {} s, {} bytes are missing; it may have been removed in the meantime",
                    self.name,
                    self.silence.as_secs(),
                    self.left
                ),
            )),
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

impl Drop for Reading {
    /// Otherwise the broker would keep the consumer for half a minute, and a busy file server has many.
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (stream, consumer) = (self.stream.clone(), std::mem::take(&mut self.consumer));
            runtime.spawn(async move { stream.delete_consumer(&consumer).await.ok() });
        }
    }
}
