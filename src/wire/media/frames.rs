//! The frames of an animation, one after the other, within limits.

use super::error::MediaError;
use super::facts::check_image_size;
use super::image::{charge, guarded, image_facts};
use super::picture::PixelBuffer;
use crate::bounds::{Budget, Limits};
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, ImageDecoder};
use std::io::Cursor;

/// The frames of an animation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frames {
    /// The pictures, each whole.
    pub pictures: Vec<PixelBuffer>,
    /// Whether there are more frames than the limits allow, or a damaged one.
    pub more: bool,
}

/// Decodes the frames of an animation up to [`Limits::image_frames`] bytes of pixels. Anything but an animation has
/// none.
pub fn decode_frames(bytes: &[u8], limits: &Limits) -> Result<Frames, MediaError> {
    let facts = image_facts(bytes)?;
    check_image_size(facts, limits)?;
    let pixels = u64::from(facts.width.unwrap_or(0)) * u64::from(facts.height.unwrap_or(0));
    guarded(|| {
        let mut allowed = image::Limits::default();
        allowed.max_alloc = Some(limits.image_alloc);
        let failed = |error| super::image::failed(facts.format, facts.cut, &error);
        let frames = match facts.format {
            "gif" => {
                let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(failed)?;
                decoder.set_limits(allowed).map_err(failed)?;
                decoder.into_frames()
            }
            "png" => {
                let decoder = PngDecoder::with_limits(Cursor::new(bytes), allowed).map_err(failed)?;
                if !decoder.is_apng().map_err(failed)? {
                    return Ok(Frames::default());
                }
                decoder.apng().map_err(failed)?.into_frames()
            }
            "webp" => {
                let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?;
                decoder.set_limits(allowed).map_err(failed)?;
                if !decoder.has_animation() {
                    return Ok(Frames::default());
                }
                decoder.into_frames()
            }
            _ => return Ok(Frames::default()),
        };
        // The frame before, the canvas, and the frame that is read.
        let canvas = pixels * 12;
        let Ok(_canvas) = charge(canvas, limits) else {
            return Ok(Frames {
                more: true,
                ..Frames::default()
            });
        };
        let most = (limits.image_frames as u64).min(limits.image_alloc - canvas);
        let (mut pictures, mut taken) = (Vec::new(), 0);
        for frame in frames {
            let picture = frame.map(image::Frame::into_buffer);
            taken += picture.as_ref().map_or(0, |picture| picture.len() as u64);
            let held = Budget::whole(limits).charge(pixels * 4);
            match (picture, held) {
                (Ok(picture), Ok(charge)) if taken <= most => {
                    let (width, height) = picture.dimensions();
                    let rgba = charge.hold(picture.into_raw());
                    pictures.push(PixelBuffer { width, height, rgba });
                }
                _ => return Ok(Frames { pictures, more: true }),
            }
        }
        Ok(Frames {
            pictures,
            more: false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{Frame, Rgba, RgbaImage};

    fn animation(count: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        for i in 0..count {
            let picture = RgbaImage::from_pixel(8, 4, Rgba([i * 20, 0, 0, 255]));
            encoder.encode_frame(Frame::new(picture)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn each_frame_is_a_whole_picture() {
        let frames = decode_frames(&animation(5), &Limits::DEFAULT).unwrap();
        assert!(!frames.more);
        let reds: Vec<u8> = frames.pictures.iter().map(|picture| picture.rgba[0]).collect();
        assert_eq!(reds, [0, 20, 40, 60, 80]);
        assert!(
            frames
                .pictures
                .iter()
                .all(|picture| (picture.width, picture.height) == (8, 4))
        );
    }

    #[test]
    fn a_limit_and_damage_are_told() {
        let limits = Limits {
            image_frames: 300,
            ..Limits::DEFAULT
        };
        let bytes = animation(5);
        let frames = decode_frames(&bytes, &limits).unwrap();
        assert_eq!((frames.pictures.len(), frames.more), (2, true));
        let cut = decode_frames(&bytes[..bytes.len() * 3 / 4], &Limits::DEFAULT).unwrap();
        assert!(cut.more && cut.pictures.len() < 5);
    }

    #[test]
    fn what_is_no_animation_has_no_frames() {
        let png = include_bytes!("../../../assets/demo/evening.png");
        assert_eq!(decode_frames(png, &Limits::DEFAULT).unwrap().pictures.len(), 0);
        assert!(decode_frames(b"GIF89a", &Limits::DEFAULT).is_err());
    }
}
