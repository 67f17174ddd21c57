//! Which part of an image is visible, and at what scale.

use natsbridge_wire::Part;

/// Maximum enlargement of a small image when fitting.
const LARGEST_FIT: u32 = 4;
/// One step of zooming.
const STEP: f64 = 1.5;
/// Minimum and maximum screen pixels per image pixel.
const ZOOMS: (f64, f64) = (1.0 / 64.0, 64.0);

/// The part of a picture that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Window {
    /// Pixels on screen for one of the picture; `None` fits the whole.
    zoom: Option<f64>,
    /// Left and upper pixel in view.
    corner: (u32, u32),
}

/// What is drawn: a part of the picture, over so many pixels of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The part.
    pub part: Part,
    /// Pixels of the screen.
    pub size: (u32, u32),
    /// How large it is: pixels of the screen for a hundred of the picture.
    pub percent: u32,
}

impl Window {
    /// Whether the whole is seen.
    pub fn fits(&self) -> bool {
        self.zoom.is_none()
    }

    /// Left and upper pixel in view.
    pub fn corner(&self) -> (u32, u32) {
        self.corner
    }

    /// Fits the picture, or shows it one to one.
    pub fn toggle(&mut self) {
        *self = Self {
            zoom: self.zoom.is_none().then_some(1.0),
            corner: (0, 0),
        };
    }

    /// The visible part of an image of this size in this area, both in pixels.
    pub fn seen(&mut self, (width, height): (u32, u32), room: (u32, u32)) -> Seen {
        let Some(zoom) = self.zoom else {
            let (x, y) = (0, 0);
            let size = fitting((width, height), room);
            return Seen {
                part: Part { x, y, width, height },
                size,
                percent: (f64::from(size.0) / f64::from(width.max(1)) * 100.0).round() as u32,
            };
        };
        let side = |whole: u32, room: u32, from: u32| {
            let seen = ((f64::from(room) / zoom).ceil() as u32).clamp(1, whole.max(1));
            let size = ((f64::from(seen) * zoom).round() as u32).clamp(1, room.max(1));
            (from.min(whole.saturating_sub(seen)), seen, size)
        };
        let (x, width, across) = side(width, room.0, self.corner.0);
        let (y, height, down) = side(height, room.1, self.corner.1);
        self.corner = (x, y);
        Seen {
            part: Part { x, y, width, height },
            size: (across, down),
            percent: (zoom * 100.0).round() as u32,
        }
    }

    /// Zooms by some steps around the centre; zooming out ends at fitting.
    pub fn zoom(&mut self, steps: i32, picture: (u32, u32), room: (u32, u32)) {
        let before = self.seen(picture, room);
        let fit = f64::from(fitting(picture, room).0) / f64::from(picture.0.max(1));
        let now = self.zoom.unwrap_or(fit);
        let mut zoom = (now * STEP.powi(steps)).clamp(ZOOMS.0, ZOOMS.1);
        // Zooming passes through actual size.
        if (now < 0.99 && zoom > 1.0) || (now > 1.01 && zoom < 1.0) {
            zoom = 1.0;
        }
        if steps < 0 && zoom <= fit * 1.01 {
            *self = Self::default();
            return;
        }
        self.zoom = Some(zoom);
        let after = self.seen(picture, room);
        let middle = |from: u32, seen: u32, then: u32| (from + seen / 2).saturating_sub(then / 2);
        self.corner = (
            middle(before.part.x, before.part.width, after.part.width),
            middle(before.part.y, before.part.height, after.part.height),
        );
    }

    /// Pans by eighths of the visible part; `false` if everything is visible.
    pub fn pan(&mut self, (x, y): (i64, i64), picture: (u32, u32), room: (u32, u32)) -> bool {
        if self.fits() {
            return false;
        }
        let seen = self.seen(picture, room);
        let moved = |from: u32, by: i64, seen: u32, whole: u32| {
            let far = by.saturating_mul(i64::from((seen / 8).max(1)));
            let last = i64::from(whole.saturating_sub(seen));
            i64::from(from).saturating_add(far).clamp(0, last) as u32
        };
        self.corner = (
            moved(self.corner.0, x, seen.part.width, picture.0),
            moved(self.corner.1, y, seen.part.height, picture.1),
        );
        true
    }
}

/// The largest size of the same shape within `room`, at least one pixel each way.
fn fitting((width, height): (u32, u32), room: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let most = |side: u64, room: u32| u64::from(room).min(side * u64::from(LARGEST_FIT));
    let (across, down) = (most(width, room.0), most(height, room.1));
    let (fit_width, fit_height) = if across * height <= down * width {
        (across, (height * across + width / 2) / width)
    } else {
        ((width * down + height / 2) / height, down)
    };
    (
        fit_width.clamp(1, across.max(1)) as u32,
        fit_height.clamp(1, down.max(1)) as u32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_fits_every_room() {
        for picture in [(1, 1), (1, 16_000), (16_000, 1), (300, 200)] {
            for room in [(1, 2), (3, 2), (80, 46), (400, 200)] {
                let mut window = Window::default();
                for _ in 0..12 {
                    let seen = window.seen(picture, room);
                    assert!((1..=room.0).contains(&seen.size.0) && (1..=room.1).contains(&seen.size.1));
                    assert!(seen.part.x + seen.part.width <= picture.0);
                    assert!(seen.part.y + seen.part.height <= picture.1);
                    window.zoom(1, picture, room);
                }
            }
        }
    }

    #[test]
    fn zooming_keeps_the_middle_and_comes_back_to_the_whole() {
        let (picture, room) = ((1000, 1000), (100, 100));
        let mut window = Window::default();
        let mut zooms = vec![];
        for _ in 0..7 {
            window.zoom(1, picture, room);
            let seen = window.seen(picture, room);
            zooms.push(seen.percent);
            assert!((seen.part.x + seen.part.width / 2).abs_diff(500) <= 8, "{seen:?}");
        }
        assert_eq!(zooms, [15, 23, 34, 51, 76, 100, 150]);
        for _ in 0..7 {
            assert!(!window.fits());
            window.zoom(-1, picture, room);
        }
        assert!(window.fits());
    }

    #[test]
    fn panning_stops_at_the_edges() {
        let (picture, room) = ((112, 80), (40, 20));
        let mut window = Window::default();
        assert!(!window.pan((1, 0), picture, room));
        window.toggle();
        assert!(window.pan((1, 1), picture, room));
        assert_eq!(window.corner(), (5, 2));
        assert!(window.pan((i64::MAX, i64::MAX), picture, room));
        assert_eq!(window.corner(), (72, 60));
        // A larger room shows more of it.
        assert_eq!(window.seen(picture, (200, 60)).part.x, 0);
    }
}
