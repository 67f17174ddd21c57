//! Sixel: a picture of at most 256 colours as one DCS sequence.

use icy_sixel::{EncodeOptions, SixelImage};
use natsbridge_wire::PixelBuffer;

/// The picture in so many colours.
pub fn sixel(picture: &PixelBuffer, colours: u16) -> Option<String> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let options = EncodeOptions {
        max_colors: colours,
        ..EncodeOptions::default()
    };
    let image = SixelImage::try_from_rgba(picture.rgba.to_vec(), width, height).ok()?;
    image.encode_with(&options).ok()
}
