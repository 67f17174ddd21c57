//! Images: header facts, and pixels within limits. Of an animation the first frame; of a picture that is cut the part that
//! is there.

use super::error::MediaError;
use super::facts::{ImageInfo, check_image_size};
use super::formats::{PictureFormat, decodable, format_of};
use super::picture::PixelBuffer;
use crate::bounds::{Budget, Charge, Limits, caught};
use crate::findings::Code;
use crate::quantity::size_text;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, RgbaImage,
};
use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

/// Reads format and size without decoding pixels.
pub fn image_facts(bytes: &[u8]) -> Result<ImageInfo, MediaError> {
    let format = format_of(bytes).ok_or_else(|| {
        let message = "The data is not an image of a known format (png, jpeg, gif, webp, bmp and others).";
        MediaError::new(Code::ImageInvalid, message)
    })?;
    let cut = (format.is_cut)(bytes);
    let info = |size: Option<(u32, u32)>, foreign| ImageInfo {
        format: format.name,
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        foreign,
        cut,
    };
    let Some(codec) = format.codec else {
        return Ok(info((format.size)(bytes), true));
    };
    let read = guarded(|| {
        let limits = Limits::in_force();
        let (codec, bytes) = decodable(codec, bytes, limits.image_alloc);
        let failed = |error| failed(format.name, cut, &error);
        let mut decoder = reader(codec, &bytes, limits).into_decoder().map_err(failed)?;
        let (width, height) = decoder.dimensions();
        Ok(
            if turns(decoder.orientation().unwrap_or(Orientation::NoTransforms)) {
                (height, width)
            } else {
                (width, height)
            },
        )
    });
    match read {
        Ok(size) => Ok(info(Some(size), false)),
        Err(error) if error.code == Code::MediaNotShown => Ok(info((format.size)(bytes), true)),
        Err(error) => match (format.size)(bytes) {
            Some(size) if error.code == Code::ImageTruncated => Ok(info(Some(size), false)),
            _ => Err(error),
        },
    }
}

/// Decodes the (first) frame within the limits, applying the camera's orientation. Its pixels stay charged until they go.
pub fn decode_image(bytes: &[u8], limits: &Limits) -> Result<PixelBuffer, MediaError> {
    let facts = image_facts(bytes)?;
    check_image_size(facts, limits)?;
    let format = format_of(bytes).filter(|_| !facts.foreign);
    let Some(PictureFormat {
        codec: Some(codec), ..
    }) = format
    else {
        return Err(MediaError::not_shown(facts.format, "picture", "drawn"));
    };
    guarded(|| {
        let (codec, bytes) = decodable(codec, bytes, limits.image_alloc);
        let failed = |error: ImageError| failed(facts.format, facts.cut, &error);
        let mut decoder = reader(codec, &bytes, limits).into_decoder().map_err(failed)?;
        // A damaged orientation tag is no reason to show nothing.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        let turned = if turns(orientation) { RGBA * pixels } else { 0 };
        let filled = match &bytes {
            Cow::Owned(filled) => filled.len() as u64,
            Cow::Borrowed(_) => 0,
        };
        let needs = filled + turned + needs(&bytes, pixels, decoder.color_type());
        let mut charge = charge(needs, limits)?;
        let decoder = Leniently {
            decoder,
            cut: facts.cut,
        };
        let mut picture = DynamicImage::ImageRgba8(rgba(decoder).map_err(failed)?);
        picture.apply_orientation(orientation);
        charge.shrink_to(RGBA * pixels);
        let (width, height) = (picture.width(), picture.height());
        let rgba = charge.hold(picture.into_bytes());
        Ok(PixelBuffer { width, height, rgba })
    })
}

/// Bytes of a pixel as it is shown.
const RGBA: u64 = 4;

/// Charges the memory that decoding an image takes, if it may take as much.
pub(super) fn charge(needs: u64, limits: &Limits) -> Result<Charge, MediaError> {
    let most = limits.image_alloc;
    if needs > most {
        let [needs, most] = [needs, most].map(size_text);
        let message = format!(
            "The image needs {needs} of memory, the limit is {most}; raise image_alloc under [limits] in the settings."
        );
        return Err(MediaError::new(Code::ImageLimit, message));
    }
    Ok(Budget::whole(limits).charge(needs)?)
}

/// Bytes that decoding takes, all copies counted that exist at one time.
fn needs(bytes: &[u8], pixels: u64, colour: ColorType) -> u64 {
    let decoded = u64::from(colour.bytes_per_pixel());
    // Whatever has eight bits a channel is widened in place.
    let shown = if is_plain(colour) { RGBA } else { RGBA + decoded };
    // In halves of a byte.
    let beside = match bytes {
        // The planes of a frame; or, without loss, its pixels once more. Its opacity is such an image of its own.
        [b'R', b'I', b'F', b'F', ..] if colour.has_alpha() => 13,
        // A canvas, where the first frame does not fill it; or those planes.
        [b'G', b'I', b'F', ..] | [b'R', b'I', b'F', b'F', ..] => 8,
        [0xff, 0xd8, ..] if is_progressive(bytes) => 12,
        _ => 0,
    };
    (shown * 2 + beside) * pixels / 2
}

/// Whether a JPEG comes in passes: then its decoder keeps all coefficients, two bytes each.
fn is_progressive(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xc2 | 0xc6 | 0xca | 0xce => return true,
            // The scan begins.
            0xda => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}

fn turns(orientation: Orientation) -> bool {
    !matches!(
        orientation,
        Orientation::NoTransforms
            | Orientation::Rotate180
            | Orientation::FlipHorizontal
            | Orientation::FlipVertical
    )
}

fn is_plain(colour: ColorType) -> bool {
    matches!(
        colour,
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8
    )
}

/// Decodes the pixels. What has fewer than four bytes a pixel is read into the end of the space for all of them and widened
/// from there, so that there is no second copy.
fn rgba(decoder: impl ImageDecoder) -> ImageResult<RgbaImage> {
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    if !is_plain(colour) {
        return Ok(DynamicImage::from_decoder(decoder)?.into_rgba8());
    }
    let pixels = width as usize * height as usize;
    let each = usize::from(colour.bytes_per_pixel());
    let mut bytes = vec![0; pixels * RGBA as usize];
    let start = bytes.len() - pixels * each;
    decoder.read_image(&mut bytes[start..])?;
    for pixel in 0..pixels {
        let from = start + pixel * each;
        let widened = match bytes[from..from + each] {
            [grey] => [grey, grey, grey, u8::MAX],
            [grey, opacity] => [grey, grey, grey, opacity],
            [red, green, blue] => [red, green, blue, u8::MAX],
            // They stand where they belong.
            _ => break,
        };
        bytes[pixel * RGBA as usize..][..RGBA as usize].copy_from_slice(&widened);
    }
    // It has the length that its size demands.
    Ok(RgbaImage::from_raw(width, height, bytes).unwrap_or_default())
}

/// A decoder that takes the part of a cut picture that is there for all of it.
struct Leniently<D> {
    decoder: D,
    cut: bool,
}

impl<D: ImageDecoder> ImageDecoder for Leniently<D> {
    fn dimensions(&self) -> (u32, u32) {
        self.decoder.dimensions()
    }

    fn color_type(&self) -> ColorType {
        self.decoder.color_type()
    }

    fn read_image(self, pixels: &mut [u8]) -> ImageResult<()> {
        match self.decoder.read_image(pixels) {
            Err(error) if (self.cut || is_end(&error)) && pixels.iter().any(|&byte| byte != 0) => Ok(()),
            result => result,
        }
    }

    fn read_image_boxed(self: Box<Self>, pixels: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(pixels)
    }
}

/// A reader with limits. Decoders must not be created in any other way: their own constructors have no limits.
fn reader<'a>(codec: ImageFormat, bytes: &'a [u8], limits: &Limits) -> ImageReader<Cursor<&'a [u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.image_alloc);
    reader.limits(allowed);
    reader
}

/// Whether the bytes came to their end too early.
fn is_end(error: &ImageError) -> bool {
    matches!(error, ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof)
}

pub(super) fn failed(format: &str, cut: bool, error: &ImageError) -> MediaError {
    let code = match error {
        ImageError::Limits(_) => Code::ImageLimit,
        ImageError::Unsupported(_) => Code::MediaNotShown,
        _ if cut || is_end(error) => Code::ImageTruncated,
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
