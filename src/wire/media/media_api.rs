//! placeholder contract

use crate::wire::finding::Code;
use crate::wire::limits::Limits;

/// Why a picture, sound or film cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct MediaError {
    /// Which finding it is.
    pub code: Code,
    /// The sentence.
    pub message: String,
}

/// Picture formats we open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ImageFormat {
    Png,
    Jpeg,
    Gif,
    WebP,
    Bmp,
}

impl ImageFormat {
    /// `png`, `jpeg`, `gif`, `webp`, `bmp`.
    pub fn name(self) -> &'static str {
        "png"
    }
}

/// What the head of a picture says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImageFacts {
    pub format: ImageFormat,
    pub width: u32,
    pub height: u32,
}

/// What the head of a sound says; `None` where it does not say.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AudioFacts {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub sample_rate_hz: Option<u32>,
    pub channels: Option<u16>,
}

/// What the head of a film says; `None` where it does not say.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct VideoFacts {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub codec: Option<String>,
}

/// Decoded pixels, RGBA, row by row.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The picture scaled to exactly `width` × `height` pixels.
    #[must_use]
    pub fn scaled(&self, width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            rgba: vec![0; (width * height * 4) as usize],
        }
    }
}

/// Reads format and size without decoding pixels.
pub fn image_facts(bytes: &[u8]) -> Result<ImageFacts, MediaError> {
    let _ = bytes;
    Ok(ImageFacts {
        format: ImageFormat::Png,
        width: 0,
        height: 0,
    })
}
/// Decodes the (first) picture under the limits; orientation is applied.
pub fn decode_image(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    let _ = (bytes, limits);
    Ok(Picture {
        width: 0,
        height: 0,
        rgba: vec![],
    })
}
/// Reads a sound's facts.
pub fn audio_facts(bytes: &[u8]) -> Result<AudioFacts, MediaError> {
    let _ = bytes;
    Ok(AudioFacts {
        format: "",
        duration_s: None,
        sample_rate_hz: None,
        channels: None,
    })
}
/// Reads a film's facts.
pub fn video_facts(bytes: &[u8]) -> Result<VideoFacts, MediaError> {
    let _ = bytes;
    Ok(VideoFacts {
        format: "",
        duration_s: None,
        width: None,
        height: None,
        codec: None,
    })
}
