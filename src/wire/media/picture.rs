//! Decoded pixels and how they are scaled down. Independent of file formats.

use bytes::Bytes;
use image::imageops::{FilterType, crop_imm, resize, thumbnail};
use image::{GenericImageView, ImageBuffer, Rgba, RgbaImage};

/// Decoded pixels, RGBA, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PixelBuffer {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Four bytes per pixel: red, green, blue, opacity.
    pub rgba: Bytes,
}

impl PixelBuffer {
    /// A part of the image, scaled to exactly `width` × `height` pixels (at least one by one).
    #[must_use]
    pub fn scaled(&self, part: Part, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let part = part.within(self);
        let source = ImageBuffer::<Rgba<u8>, &[u8]>::from_raw(self.width, self.height, &self.rgba[..]);
        let Some(source) = source.filter(|_| part.width > 0 && part.height > 0) else {
            return RgbaImage::new(width, height).into();
        };
        let part = crop_imm(&source, part.x, part.y, part.width, part.height);
        // Colours count by their opacity, else what is hidden behind transparent pixels bleeds into their edges.
        if part.pixels().all(|(_, _, pixel)| pixel.0[3] == u8::MAX) {
            return shrink(&*part, width, height).into();
        }
        let mut weighed = RgbaImage::from_fn(part.width(), part.height(), |x, y| part.get_pixel(x, y));
        weighed.pixels_mut().for_each(|pixel| weigh(&mut pixel.0));
        let mut scaled = shrink(&weighed, width, height);
        scaled.pixels_mut().for_each(|pixel| unweigh(&mut pixel.0));
        scaled.into()
    }

    /// The same, fast and rough: nearest neighbour.
    #[must_use]
    pub fn sampled(&self, part: Part, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let part = part.within(self);
        let at = |i: u32, of: u32, from: u32, whole: u32| {
            from + ((u64::from(i) * 2 + 1) * u64::from(whole) / (2 * u64::from(of))) as u32
        };
        let rows = (0..height).map(|y| at(y, height, part.y, part.height));
        let rgba =
            rows.flat_map(|y| (0..width).flat_map(move |x| self.pixel(at(x, width, part.x, part.width), y)));
        Self {
            width,
            height,
            rgba: rgba.collect(),
        }
    }

    /// The pixel at column `x`, row `y`; transparent outside the image.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        if x >= self.width || y >= self.height {
            return [0; 4];
        }
        let at = (y as usize * self.width as usize + x as usize) * 4;
        match self.rgba.get(at..at + 4) {
            Some(&[red, green, blue, opacity]) => [red, green, blue, opacity],
            _ => [0; 4],
        }
    }
}

impl From<RgbaImage> for PixelBuffer {
    fn from(image: RgbaImage) -> Self {
        Self {
            width: image.width(),
            height: image.height(),
            rgba: image.into_raw().into(),
        }
    }
}

/// A part of a picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub struct Part {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Part {
    /// The whole of a picture.
    pub fn whole(picture: &PixelBuffer) -> Self {
        Self {
            x: 0,
            y: 0,
            width: picture.width,
            height: picture.height,
        }
    }

    fn within(self, picture: &PixelBuffer) -> Self {
        let (x, y) = (self.x.min(picture.width), self.y.min(picture.height));
        Self {
            x,
            y,
            width: self.width.min(picture.width - x),
            height: self.height.min(picture.height - y),
        }
    }
}

/// A much smaller image is averaged roughly first: the smooth filter costs by source pixels.
fn shrink<I: GenericImageView<Pixel = Rgba<u8>>>(source: &I, width: u32, height: u32) -> RgbaImage {
    if (width, height) == source.dimensions() {
        return ImageBuffer::from_fn(width, height, |x, y| source.get_pixel(x, y));
    }
    let (near_width, near_height) = (width.saturating_mul(3), height.saturating_mul(3));
    if source.width() > near_width && source.height() > near_height {
        let near = thumbnail(source, near_width, near_height);
        return resize(&near, width, height, FilterType::Triangle);
    }
    resize(source, width, height, FilterType::Triangle)
}

fn weigh([red, green, blue, opacity]: &mut [u8; 4]) {
    for channel in [red, green, blue] {
        *channel = ((u16::from(*channel) * u16::from(*opacity) + 127) / 255) as u8;
    }
}

fn unweigh([red, green, blue, opacity]: &mut [u8; 4]) {
    for channel in [red, green, blue] {
        let full = (u16::from(*channel) * 255).checked_div(u16::from(*opacity));
        *channel = full.unwrap_or(0).min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, pixel: [u8; 4]) -> PixelBuffer {
        PixelBuffer {
            width,
            height,
            rgba: pixel.repeat((width * height) as usize).into(),
        }
    }

    #[test]
    fn scaling_keeps_a_plain_colour() {
        for (width, height) in [(1, 1), (7, 3), (200, 100), (64, 64)] {
            let picture = plain(64, 64, [200, 100, 50, 255]);
            for part in [
                Part::whole(&picture),
                Part {
                    x: 60,
                    y: 3,
                    width: 9,
                    height: 1,
                },
            ] {
                let expected = plain(width, height, [200, 100, 50, 255]);
                assert_eq!(picture.scaled(part, width, height), expected);
                assert_eq!(picture.sampled(part, width, height), expected);
            }
        }
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let rgba = Bytes::from_static(&[255, 0, 0, 255, 0, 255, 0, 0]);
        let picture = PixelBuffer {
            rgba,
            ..plain(2, 1, [0; 4])
        };
        let [red, green, _, opacity] = picture.scaled(Part::whole(&picture), 1, 1).pixel(0, 0);
        assert!(red > 250 && green == 0 && (120..136).contains(&opacity));
    }

    #[test]
    fn parts_are_cut_out() {
        let rgba = (0..16u8).flat_map(|i| [i, i, i, 255]).collect();
        let picture = PixelBuffer {
            width: 4,
            height: 4,
            rgba,
        };
        let part = Part {
            x: 1,
            y: 2,
            width: 2,
            height: 9,
        };
        let cut: Vec<u8> = [9, 10, 13, 14].into_iter().flat_map(|i| [i, i, i, 255]).collect();
        assert_eq!(picture.scaled(part, 2, 2).rgba, cut);
        assert_eq!(picture.sampled(part, 2, 2).rgba, cut);
        let outside = Part { x: 9, ..part };
        assert_eq!(picture.scaled(outside, 1, 1).rgba[..], [0; 4]);
    }

    #[test]
    fn a_picture_that_lies_about_its_size_is_blank() {
        let picture = PixelBuffer {
            width: 9,
            height: 9,
            rgba: vec![1; 8].into(),
        };
        let whole = Part::whole(&picture);
        assert_eq!(picture.scaled(whole, 2, 2).rgba[..], [0; 16]);
        assert_eq!(picture.sampled(whole, 3, 3).rgba.len(), 36);
        assert_eq!(picture.pixel(8, 8), [0; 4]);
        assert_eq!(picture.scaled(whole, 0, 0).width, 1);
    }
}
