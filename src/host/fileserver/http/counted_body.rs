//! A file on its way in: the bytes of a body or of its part, counted against what is allowed, as the stream that a
//! backend stores. The reason of a refusal is kept here, since a stream only knows that it broke.

use super::answer::Refusal;
use crate::fileserver::storage::{Arrival, Body};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use hyper::StatusCode;
use std::io;

/// A file on its way in.
pub struct CountedBody<'a> {
    source: BoxStream<'a, Result<Bytes, Refusal>>,
    arrival: Arrival,
    left: u64,
    most: u64,
    refused: Option<Refusal>,
}

impl<'a> CountedBody<'a> {
    /// At most `most` bytes from there.
    pub fn new(source: BoxStream<'a, Result<Bytes, Refusal>>, arrival: Arrival, most: u64) -> Self {
        Self {
            source,
            arrival,
            left: most,
            most,
            refused: None,
        }
    }

    /// The bytes as a stream; it breaks where something is refused.
    pub fn stream(&mut self) -> Body<'_> {
        stream::unfold(self, async |counted: &mut Self| match counted.chunk().await {
            Ok(None) => None,
            Ok(Some(bytes)) => Some((Ok(bytes), counted)),
            Err(refusal) => {
                counted.refused = Some(refusal);
                Some((Err(io::Error::other("the upload was refused")), counted))
            }
        })
        .boxed()
    }

    /// Why the stream broke, if it did; else what has arrived.
    pub fn finish(self) -> Result<Arrival, Refusal> {
        self.refused.map_or(Ok(self.arrival), Err)
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Refusal> {
        let bytes = self.source.try_next().await?;
        if let Some(bytes) = &bytes {
            let length = bytes.len() as u64;
            self.left = self
                .left
                .checked_sub(length)
                .ok_or_else(|| too_large(self.most))?;
            if !self.arrival.grow(length) {
                return Err(Refusal::full());
            }
        }
        Ok(bytes)
    }
}

/// More than one file may have.
pub fn too_large(most: u64) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("A file here must not exceed {most} bytes; natsbridge serve --max-file allows more."),
    )
}
