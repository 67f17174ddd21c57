//! Images: header facts, and pixels within limits. Five formats; the first frame of an animation.

use super::error::MediaError;
use super::facts::{ImageInfo, check_image_size};
use super::picture::PixelBuffer;
use crate::bounds::{Limits, caught};
use crate::findings::Code;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use std::io::Cursor;

/// Reads format and size without decoding pixels.
pub fn image_facts(bytes: &[u8]) -> Result<ImageInfo, MediaError> {
    guarded(|| {
        let (format, reader) = reader(bytes, &Limits::DEFAULT)?;
        let (width, height) = reader.into_dimensions().map_err(|error| failed(format, &error))?;
        Ok(ImageInfo {
            format,
            width: Some(width),
            height: Some(height),
        })
    })
}

/// Decodes the (first) frame within the limits, applying the camera's orientation.
pub fn decode_image(bytes: &[u8], limits: &Limits) -> Result<PixelBuffer, MediaError> {
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
        Ok(picture.into_rgba8().into())
    })
}

/// All our decoders go through this reader.
type Reader<'a> = ImageReader<Cursor<&'a [u8]>>;

/// A reader with limits. Decoders must not be created in any other way: their own constructors have no limits.
fn reader<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(&'static str, Reader<'a>), MediaError> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| MediaError::new(Code::ImageInvalid, format!("The data cannot be read: {error}.")))?;
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.image_alloc);
    reader.limits(allowed);
    let format = reader.format().and_then(name).ok_or_else(|| {
        MediaError::new(
            Code::ImageInvalid,
            "The data is not an image that can be opened (png, jpeg, gif, webp, bmp).",
        )
    })?;
    Ok((format, reader))
}

/// The names of the formats that are supported.
fn name(format: ImageFormat) -> Option<&'static str> {
    Some(match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpeg",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Bmp => "bmp",
        _ => return None,
    })
}

pub(super) fn failed(format: &str, error: &ImageError) -> MediaError {
    let code = match error {
        ImageError::Limits(_) => Code::ImageLimit,
        _ => Code::ImageInvalid,
    };
    MediaError::new(code, format!("The {format} image cannot be opened: {error}."))
}

pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    caught(work).unwrap_or_else(|| {
        let message = "The data is not an image that can be opened: the decoder failed on it.";
        Err(MediaError::new(Code::ImageInvalid, message))
    })
}
