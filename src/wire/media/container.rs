//! Opens an audio or video container with symphonia: header and tracks only, nothing is decoded.

use crate::bounds::caught;
use crate::bytes::BlobReader;
use symphonia::core::common::Limit;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::{Duration, TimeBase};

/// Bytes of one tag or cover image that may be kept; they are not used here.
const TAG_BYTES: usize = 4096;

/// Why a container gives nothing, as the end of a sentence.
#[derive(Debug, thiserror::Error)]
pub(super) enum ContainerError {
    #[error(transparent)]
    Refused(#[from] symphonia::core::errors::Error),
    #[error("the reader panicked on them")]
    Panicked,
    #[error("{0}")]
    Lacking(&'static str),
}

/// Opens the container and lets `look` extract what it wants.
pub(super) fn look_into<T>(
    source: impl MediaSource,
    look: impl FnOnce(&mut dyn FormatReader) -> Result<T, ContainerError>,
) -> Result<T, ContainerError> {
    caught(|| {
        let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let tags = MetadataOptions::default()
            .limit_tag_bytes(Limit::Maximum(TAG_BYTES))
            .limit_visual_bytes(Limit::Maximum(TAG_BYTES));
        let mut reader =
            symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), tags)?;
        look(reader.as_mut())
    })
    .unwrap_or(Err(ContainerError::Panicked))
}

impl MediaSource for BlobReader {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len())
    }
}

/// A duration in seconds, where both its parts are known.
pub(super) fn seconds(base: Option<TimeBase>, duration: Option<Duration>) -> Option<f64> {
    let time = base?.calc_duration(duration?)?;
    Some(time.as_secs_f64()).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
}
