//! Pictures: what their head says, and their pixels under limits. Five formats, the first picture of an animation.

use super::error::MediaError;
use super::picture::Picture;
use crate::bounds::{Limits, caught};
use crate::findings::Code;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader};
use std::io::Cursor;

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

/// What the head of a picture says; `width` and `height` are the stored ones, before any orientation is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
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

/// Decodes the (first) picture under the limits; the orientation that a camera noted is applied.
pub fn decode_image(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    let facts = image_facts(bytes)?;
    check_image_size(facts, limits)?;
    guarded(|| {
        let (format, reader) = reader(bytes, limits)?;
        let failed = |error: ImageError| failed(format, &error);
        let mut decoder = reader.into_decoder().map_err(failed)?;
        if decoder.total_bytes() > limits.image_alloc {
            let (claimed, most) = (decoder.total_bytes(), limits.image_alloc);
            let message =
                format!("The picture needs {claimed} bytes of memory, more than the {most} allowed.");
            return Err(MediaError::new(Code::ImageLimit, message));
        }
        // A damaged note about the orientation is no reason to show nothing.
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

/// Refuses a picture that claims more pixels than the limits allow.
pub fn check_image_size(facts: ImageFacts, limits: &Limits) -> Result<(), MediaError> {
    let ImageFacts { width, height, .. } = facts;
    let (side, most) = (limits.image_side, limits.image_pixels);
    let message = if width > side || height > side {
        format!("The picture claims {width} × {height} pixels, more than {side} along one side.")
    } else if u64::from(width) * u64::from(height) > most {
        format!("The picture claims {width} × {height} pixels, more than {most} in all.")
    } else {
        return Ok(());
    };
    Err(MediaError::new(Code::ImageLimit, message))
}

/// Every decoder of ours is behind this reader.
type Reader<'a> = ImageReader<Cursor<&'a [u8]>>;

/// A reader with limits. Decoders must not be made in any other way: their own constructors have none.
fn reader<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(ImageFormat, Reader<'a>), MediaError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| {
            MediaError::new(Code::ImageInvalid, format!("The bytes cannot be read: {error}."))
        })?;
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.image_alloc);
    reader.limits(allowed);
    let format = reader.format().and_then(ImageFormat::of).ok_or_else(|| {
        MediaError::new(
            Code::ImageInvalid,
            "The bytes are none of the pictures that can be opened (png, jpeg, gif, webp, bmp).",
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
        format!("The {} picture cannot be opened: {error}.", format.name()),
    )
}

pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    caught(work).unwrap_or_else(|| {
        let message = "The bytes are no picture that can be opened: the decoder stumbled over them.";
        Err(MediaError::new(Code::ImageInvalid, message))
    })
}
