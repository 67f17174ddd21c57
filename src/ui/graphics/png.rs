//! Encodes an image as PNG.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use natsbridge_wire::PixelBuffer;

/// The picture as PNG; `None` if its pixels are not as many as it says.
pub fn png(picture: &PixelBuffer) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(
            &picture.rgba,
            picture.width,
            picture.height,
            ExtendedColorType::Rgba8,
        )
        .ok()?;
    Some(bytes)
}
