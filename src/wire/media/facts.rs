//! What the headers of images, audio and video say. Who reads them is in the other files; without the feature `media`
//! nobody does, and only the format is known, by the first bytes.

use super::error::MediaError;
use crate::bounds::Limits;
use crate::findings::Code;
use serde::Serialize;

/// Facts from an image header; `width` and `height` are the stored ones in pixels, before any orientation is applied.
/// They are `None` if the header is not read (without the feature `media`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct ImageInfo {
    /// `png`, `jpeg`, `gif`, `webp`, `bmp`; without the feature `media` any other, too.
    pub format: &'static str,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

/// Facts from an audio header; `None` if it does not contain them or is not read (without the feature `media`).
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct AudioInfo {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub sample_rate_hz: Option<u32>,
    pub channels: Option<u16>,
}

/// Facts from a video header; `None` if it does not contain them or is not read (without the feature `media`).
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct VideoInfo {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub codec: Option<String>,
}

/// Refuses an image with more pixels than the limits allow.
pub(crate) fn check_image_size(facts: ImageInfo, limits: &Limits) -> Result<(), MediaError> {
    let (Some(width), Some(height)) = (facts.width, facts.height) else {
        return Ok(());
    };
    let (side, most) = (limits.image_side, limits.image_pixels);
    let message = if width > side || height > side {
        format!("The image has {width} × {height} pixels, the limit is {side} per side.")
    } else if u64::from(width) * u64::from(height) > most {
        format!("The image has {width} × {height} pixels, the limit is {most} in all.")
    } else {
        return Ok(());
    };
    Err(MediaError::new(Code::ImageLimit, message))
}
