//! A file being received: the bytes of a body or its part, counted against the limits, as the stream that a storage
//! reads. The reason for a refusal is kept here, since a stream only knows that it failed.

use super::answer::Refusal;
use super::arriving::Arriving;
use super::multipart::Multipart;
use super::shelf::Body;
use super::space::Arrival;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use hyper::StatusCode;
use std::io;

/// Where the bytes come from.
#[derive(Debug)]
pub enum Source<'a> {
    /// The body as a whole.
    Whole(&'a mut Arriving),
    /// The part that is a file.
    Part(Box<Multipart<'a>>),
}

/// A file on its way in.
#[derive(Debug)]
pub struct Intake<'a> {
    source: Source<'a>,
    arrival: Arrival,
    left: u64,
    most: u64,
    refused: Option<Refusal>,
}

impl<'a> Intake<'a> {
    /// At most `most` bytes from there.
    pub fn new(source: Source<'a>, arrival: Arrival, most: u64) -> Self {
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
        stream::unfold(self, async |intake: &mut Self| match intake.chunk().await {
            Ok(None) => None,
            Ok(Some(bytes)) => Some((Ok(bytes), intake)),
            Err(refusal) => {
                intake.refused = Some(refusal);
                Some((Err(io::Error::other("the upload was refused")), intake))
            }
        })
        .boxed()
    }

    /// Why the stream broke, if it did; else what has arrived.
    pub fn finish(self) -> Result<Arrival, Refusal> {
        self.refused.map_or(Ok(self.arrival), Err)
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Refusal> {
        let bytes = match &mut self.source {
            Source::Whole(arriving) => arriving.chunk().await?,
            Source::Part(multipart) => multipart.chunk().await?,
        };
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
