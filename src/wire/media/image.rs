//! Images: header facts, and pixels within limits. Five formats; the first frame of an animation.

use super::error::MediaError;
use super::picture::Picture;
use crate::bounds::{Limits, caught};
use crate::findings::Code;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader};
use std::io::Cursor;

/// Supported image formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
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
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
        }
    }

    fn of(format: image::ImageFormat) -> Option<Self> {
        match format {
            image::ImageFormat::Png => Some(Self::Png),
            image::ImageFormat::Jpeg => Some(Self::Jpeg),
            image::ImageFormat::Gif => Some(Self::Gif),
            image::ImageFormat::WebP => Some(Self::WebP),
            image::ImageFormat::Bmp => Some(Self::Bmp),
            _ => None,
        }
    }
}

/// Facts from an image header; `width` and `height` are the stored ones, before any orientation is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct ImageFacts {
    pub format: ImageFormat,
    pub width: u32,
    pub height: u32,
}

/// Reads format and size without decoding pixels.
pub fn image_facts(bytes: &[u8]) -> Result<ImageFacts, MediaError> {
    guarded(|| {
        let (format, reader) = reader(bytes, &Limits::DEFAULT)?;
        let (width, height) = reader.into_dimensions().map_err(|error| failed(format, &error))?;
        Ok(ImageFacts {
            format,
            width,
            height,
        })
    })
}

/// Decodes the (first) frame within the limits, applying the camera's orientation.
pub fn decode_image(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    let facts = image_facts(bytes)?;
    check_image_size(facts, limits)?;
    guarded(|| {
        let (format, reader) = reader(bytes, limits)?;
        let failed = |error: ImageError| failed(format, &error);
        let mut decoder = reader.into_decoder().map_err(failed)?;
        if decoder.total_bytes() > limits.image_alloc {
            let (claimed, most) = (decoder.total_bytes(), limits.image_alloc);
            let message = format!("The image needs {claimed} bytes of memory, the limit is {most}.");
            return Err(MediaError::new(Code::ImageLimit, message));
        }
        // A damaged orientation tag is no reason to show nothing.
        let orientation = decoder.orientation().ok();
        let mut picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
        if let Some(orientation) = orientation {
            picture.apply_orientation(orientation);
        }
        let picture = picture.into_rgba8();
        Ok(Picture {
            width: picture.width(),
            height: picture.height(),
            rgba: picture.into_raw(),
        })
    })
}

/// Refuses an image with more pixels than the limits allow.
pub fn check_image_size(facts: ImageFacts, limits: &Limits) -> Result<(), MediaError> {
    let ImageFacts { width, height, .. } = facts;
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

/// All our decoders go through this reader.
type Reader<'a> = ImageReader<Cursor<&'a [u8]>>;

/// A reader with limits. Decoders must not be created in any other way: their own constructors have no limits.
fn reader<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(ImageFormat, Reader<'a>), MediaError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| MediaError::new(Code::ImageInvalid, format!("The data cannot be read: {error}.")))?;
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.image_alloc);
    reader.limits(allowed);
    let format = reader.format().and_then(ImageFormat::of).ok_or_else(|| {
        MediaError::new(
            Code::ImageInvalid,
            "The data is not an image that can be opened (png, jpeg, gif, webp, bmp).",
        )
    })?;
    Ok((format, reader))
}

pub(super) fn failed(format: ImageFormat, error: &ImageError) -> MediaError {
    let code = match error {
        ImageError::Limits(_) => Code::ImageLimit,
        _ => Code::ImageInvalid,
    };
    MediaError::new(
        code,
        format!("The {} image cannot be opened: {error}.", format.name()),
    )
}

pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    caught(work).unwrap_or_else(|| {
        let message = "The data is not an image that can be opened: the decoder failed on it.";
        Err(MediaError::new(Code::ImageInvalid, message))
    })
}
