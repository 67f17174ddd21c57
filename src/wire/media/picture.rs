//! Decoded pixels and how they are made smaller. Knows no file format.

use image::imageops::{FilterType, resize, thumbnail};
use image::{ImageBuffer, Rgba, RgbaImage};

/// Decoded pixels, RGBA, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Four bytes per pixel: red, green, blue, opacity.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The picture scaled to exactly `width` × `height` pixels (at least one by one).
    #[must_use]
    pub fn scaled(&self, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        // Colours count by their opacity, else what is hidden behind transparent pixels bleeds into their edges.
        let opaque = self.rgba.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX);
        let mut rgba = self.rgba.clone();
        if !opaque {
            rgba.chunks_exact_mut(4).for_each(weigh);
        }
        let Some(source) = RgbaImage::from_raw(self.width, self.height, rgba) else {
            return Self::blank(width, height);
        };
        let mut scaled = shrink(&source, width, height).into_raw();
        if !opaque {
            scaled.chunks_exact_mut(4).for_each(unweigh);
        }
        Self {
            width,
            height,
            rgba: scaled,
        }
    }

    /// The pixel at column `x`, row `y`; transparent outside the picture.
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

    fn blank(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            rgba: vec![0; width as usize * height as usize * 4],
        }
    }
}

/// A far smaller picture is averaged roughly first: the smooth filter costs by source pixels.
fn shrink(source: &ImageBuffer<Rgba<u8>, Vec<u8>>, width: u32, height: u32) -> RgbaImage {
    let (near_width, near_height) = (width.saturating_mul(3), height.saturating_mul(3));
    if source.width() > near_width && source.height() > near_height {
        return resize(
            &thumbnail(source, near_width, near_height),
            width,
            height,
            FilterType::Triangle,
        );
    }
    resize(source, width, height, FilterType::Triangle)
}

fn weigh(pixel: &mut [u8]) {
    if let [red, green, blue, opacity] = pixel {
        for channel in [red, green, blue] {
            *channel = ((u16::from(*channel) * u16::from(*opacity) + 127) / 255) as u8;
        }
    }
}

fn unweigh(pixel: &mut [u8]) {
    if let [red, green, blue, opacity] = pixel {
        for channel in [red, green, blue] {
            let full = (u16::from(*channel) * 255).checked_div(u16::from(*opacity));
            *channel = full.unwrap_or(0).min(255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, pixel: [u8; 4]) -> Picture {
        Picture {
            width,
            height,
            rgba: pixel.repeat((width * height) as usize),
        }
    }

    #[test]
    fn scaling_keeps_a_plain_colour() {
        for (width, height) in [(1, 1), (7, 3), (200, 100), (64, 64)] {
            let scaled = plain(64, 64, [200, 100, 50, 255]).scaled(width, height);
            assert_eq!(scaled, plain(width, height, [200, 100, 50, 255]));
        }
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let mut picture = plain(2, 1, [255, 0, 0, 255]);
        picture.rgba[4..].copy_from_slice(&[0, 255, 0, 0]);
        let [red, green, _, opacity] = picture.scaled(1, 1).pixel(0, 0);
        assert!(red > 250 && green == 0 && (120..136).contains(&opacity));
    }

    #[test]
    fn a_picture_that_lies_about_its_size_is_blank() {
        let picture = Picture {
            width: 9,
            height: 9,
            rgba: vec![1; 8],
        };
        assert_eq!(picture.scaled(2, 2).rgba, [0; 16]);
        assert_eq!(picture.pixel(8, 8), [0; 4]);
        assert_eq!(picture.scaled(0, 0).width, 1);
    }
}
