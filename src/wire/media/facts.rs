//! What the headers of images, audio and video say. Who reads them is in the other files; without the feature `media`
//! nobody does, and only the format is known, by the first bytes.

use super::error::MediaError;
use crate::bounds::Limits;
use crate::findings::Code;
use serde::Serialize;

/// Facts from an image header; `width` and `height` are those that are seen, the camera's orientation applied. They are
/// `None` if the header does not tell them or is not read (without the feature `media`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct ImageInfo {
    /// `png`, `jpeg`, `gif`, `webp`, `avif` and so on.
    pub format: &'static str,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Whether the format is only named here, not drawn.
    #[serde(skip)]
    pub foreign: bool,
    /// Whether the bytes end before the picture does.
    #[serde(skip)]
    pub cut: bool,
}

/// Facts from an audio header; `None` if it does not contain them or is not read (without the feature `media`).
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct AudioInfo {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub sample_rate_hz: Option<u32>,
    pub channels: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Whether the format is only named here, not decoded.
    #[serde(skip)]
    pub foreign: bool,
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
    /// Whether the format is only named here.
    #[serde(skip)]
    pub foreign: bool,
}

/// Refuses an image with more pixels than the limits allow.
pub(crate) fn check_image_size(facts: ImageInfo, limits: &Limits) -> Result<(), MediaError> {
    let (Some(width), Some(height), false) = (facts.width, facts.height, facts.foreign) else {
        return Ok(());
    };
    let (side, most) = (limits.image_side, limits.image_pixels);
    let message = if width > side || height > side {
        format!(
            "The image has {width} × {height} pixels, the limit is {side} per side; raise image_side under [limits] in the \
             settings."
        )
    } else if u64::from(width) * u64::from(height) > most {
        format!(
            "The image has {width} × {height} pixels, the limit is {most} in all; raise image_pixels under [limits] in the \
             settings."
        )
    } else {
        return Ok(());
    };
    Err(MediaError::new(Code::ImageLimit, message))
}
