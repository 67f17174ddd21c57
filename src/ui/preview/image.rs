//! A picture as half-blocks in true colour, or as ASCII shades; fitted to the area or one to one.

use super::contract::{Motion, Preview, PreviewContext};
use crate::app::ImageMode;
use crate::ui::colours::Colours;
use crate::ui::theme::Role;
use crate::wire::{Blob, ImageFacts, Limits, Picture, SafeText, decode_image};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Paragraph, Widget, Wrap};

/// From dark to light.
const SHADES: &[u8] = b" .:-=+*#%@";
/// A small picture is made at most so much larger to fit.
const LARGEST_ZOOM: u32 = 4;
/// Pixels that one step moves in a picture shown one to one.
const STEP: u32 = 8;
/// The two greys that show through transparent pixels, in squares of so many pixels.
const CHECKER: ([u8; 2], u32) = ([44, 60], 4);

/// A view of a picture.
#[derive(Debug)]
pub struct ImageView {
    shape: String,
    picture: Result<Picture, SafeText>,
    fit: bool,
    /// Left and upper pixel in view when shown one to one.
    corner: (u32, u32),
    /// The fitted picture, for the size asked last.
    fitted: Option<Picture>,
    /// Pixels in view at the last draw.
    room: (u32, u32),
}

impl ImageView {
    /// Decodes the pixels, which may take a moment: call it off the screen's task.
    pub fn new(facts: ImageFacts, body: &Blob, limits: &Limits) -> Self {
        let picture = match body.load(limits.direct_message as u64) {
            Ok(Some(bytes)) => decode_image(&bytes, limits).map_err(|error| error.message),
            Ok(None) => Err("The picture is too large to be opened.".to_owned()),
            Err(error) => Err(format!("The picture cannot be read from its file: {error}.")),
        };
        // An upright picture may be stored lying: what is shown is what counts.
        let (width, height) = match &picture {
            Ok(picture) => (picture.width, picture.height),
            Err(_) => (facts.width, facts.height),
        };
        Self {
            shape: format!("{width} × {height}"),
            picture: picture.map_err(|why| SafeText::new(&why)),
            fit: true,
            corner: (0, 0),
            fitted: None,
            room: (1, 1),
        }
    }

    fn pan(&mut self, x: i64, y: i64) -> bool {
        let Ok(picture) = &self.picture else {
            return false;
        };
        if self.fit {
            return false;
        }
        let moved = |from: u32, by: i64, whole: u32, room: u32| {
            (i64::from(from) + by).clamp(0, i64::from(whole.saturating_sub(room))) as u32
        };
        self.corner = (
            moved(self.corner.0, x, picture.width, self.room.0),
            moved(self.corner.1, y, picture.height, self.room.1),
        );
        true
    }

    /// Draws the pixels, shaded in ASCII where there are no colours; `area` is two pixels high for each of its rows.
    fn draw_pixels(&mut self, area: Rect, buffer: &mut Buffer, colours: Colours) {
        self.room = (u32::from(area.width), u32::from(area.height) * 2);
        self.pan(0, 0);
        let Ok(picture) = &self.picture else {
            return;
        };
        let (shown, corner) = if self.fit {
            let (width, height) = fitting((picture.width, picture.height), self.room);
            let cached = self
                .fitted
                .take()
                .filter(|fitted| (fitted.width, fitted.height) == (width, height));
            let fitted = cached.unwrap_or_else(|| picture.scaled(width, height));
            (&*self.fitted.insert(fitted), (0, 0))
        } else {
            (picture, self.corner)
        };
        let columns = (shown.width - corner.0).min(self.room.0);
        let rows = (shown.height - corner.1).min(self.room.1).div_ceil(2);
        let left = area.x + (u32::from(area.width) - columns) as u16 / 2;
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (corner.0 + column, corner.1 + row * 2);
                let upper = over_checker(shown.pixel(x, y), x, y);
                let lower = (y + 1 < shown.height).then(|| over_checker(shown.pixel(x, y + 1), x, y + 1));
                let Some(cell) = buffer.cell_mut((left + column as u16, area.y + row as u16)) else {
                    continue;
                };
                if colours == Colours::None {
                    cell.set_char(shade(upper, lower));
                } else {
                    let style = Style::new().fg(rgb(upper));
                    let style = lower.map_or(style, |lower| style.bg(rgb(lower)));
                    cell.set_char('▀').set_style(colours.fit(style));
                }
            }
        }
    }
}

impl Preview for ImageView {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let (sentence, role) = match (&self.picture, context.images) {
            (Err(sentence), _) => (sentence.as_str(), Role::Caution),
            (Ok(_), ImageMode::Off) => (
                "Pictures are not drawn: images is off in the settings.",
                Role::Dim,
            ),
            (Ok(_), ImageMode::Ascii) => return self.draw_pixels(area, buffer, Colours::None),
            (Ok(_), ImageMode::Auto | ImageMode::HalfBlocks) => {
                return self.draw_pixels(area, buffer, context.colours);
            }
        };
        Paragraph::new(sentence)
            .style(context.theme.style(role))
            .wrap(Wrap { trim: true })
            .render(area, buffer);
    }

    fn act(&mut self, motion: Motion) -> bool {
        let step = i64::from(STEP);
        let (page_x, page_y) = (i64::from(self.room.0), i64::from(self.room.1));
        match motion {
            Motion::Wrap if self.picture.is_ok() => {
                self.fit = !self.fit;
                self.corner = (0, 0);
                true
            }
            Motion::Left => self.pan(-step, 0),
            Motion::Right => self.pan(step, 0),
            Motion::Up => self.pan(0, -step),
            Motion::Down => self.pan(0, step),
            Motion::PageUp => self.pan(0, -page_y),
            Motion::PageDown => self.pan(0, page_y),
            Motion::HalfUp => self.pan(0, -page_y / 2),
            Motion::HalfDown => self.pan(0, page_y / 2),
            Motion::LineStart => self.pan(i64::from(i32::MIN), 0),
            Motion::LineEnd => self.pan(i64::from(i32::MAX), 0),
            Motion::Top => self.pan(0, i64::from(i32::MIN)),
            Motion::Bottom => self.pan(0, i64::from(i32::MAX)),
            Motion::Wheel(rows) => self.pan(0, i64::from(rows) * page_x.min(2)),
            _ => false,
        }
    }

    fn position(&self) -> String {
        let shape = &self.shape;
        match (&self.picture, &self.fitted) {
            (Ok(_), _) if !self.fit => format!("{shape} · 1:1 from {}, {}", self.corner.0, self.corner.1),
            (Ok(whole), Some(fitted)) => {
                let percent = u64::from(fitted.width) * 100 / u64::from(whole.width.max(1));
                format!("{shape} · {percent} %")
            }
            _ => shape.clone(),
        }
    }
}

/// The largest size of the same shape within `room`, at least one pixel each way.
fn fitting((width, height): (u32, u32), room: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let most = |side: u64, room: u32| u64::from(room).min(side * u64::from(LARGEST_ZOOM));
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

fn over_checker([red, green, blue, opacity]: [u8; 4], x: u32, y: u32) -> [u8; 3] {
    let (greys, square) = CHECKER;
    let ground = greys[((x / square + y / square) % 2) as usize];
    let mix = |channel: u8| {
        let (channel, ground, opacity) = (u16::from(channel), u16::from(ground), u16::from(opacity));
        ((channel * opacity + ground * (255 - opacity) + 127) / 255) as u8
    };
    [red, green, blue].map(mix)
}

fn rgb([red, green, blue]: [u8; 3]) -> Color {
    Color::Rgb(red, green, blue)
}

/// The letter as bright as the two pixels of a cell (luma weights of ITU-R BT.601).
fn shade(upper: [u8; 3], lower: Option<[u8; 3]>) -> char {
    let luma =
        |[red, green, blue]: [u8; 3]| u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114;
    let both = luma(upper) + luma(lower.unwrap_or(upper));
    let step = both as usize * SHADES.len() / (2 * 255_000 + 1);
    char::from(SHADES.get(step).copied().unwrap_or(b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Theme;
    use crate::wire::image_facts;

    const EVENING: &[u8] = include_bytes!("../../../assets/demo/evening.png");
    const RINGS: &[u8] = include_bytes!("../../../assets/demo/rings.png");
    const TURNED: &[u8] = include_bytes!("../../../assets/demo/turned.jpg");

    fn view(bytes: &'static [u8]) -> ImageView {
        ImageView::new(image_facts(bytes).unwrap(), &bytes.into(), &Limits::DEFAULT)
    }

    fn drawn(view: &mut ImageView, width: u16, height: u16) -> Buffer {
        drawn_as(view, width, height, Colours::True, ImageMode::Auto)
    }

    fn drawn_as(
        view: &mut ImageView,
        width: u16,
        height: u16,
        colours: Colours,
        images: ImageMode,
    ) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let theme = Theme::plain();
        let context = PreviewContext {
            theme: &theme,
            focused: true,
            colours,
            images,
        };
        view.draw(buffer.area, &mut buffer, context);
        buffer
    }

    fn line(buffer: &Buffer, y: u16) -> String {
        (0..buffer.area.width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    #[test]
    fn a_picture_fills_its_area_in_its_shape() {
        let mut view = view(EVENING);
        let buffer = drawn(&mut view, 56, 40);
        assert_eq!(line(&buffer, 0), "▀".repeat(56));
        assert_eq!(line(&buffer, 19), "▀".repeat(56));
        assert_eq!(line(&buffer, 20), "");
        assert_eq!(view.position(), "112 × 80 · 50 %");
        // Dusk above, sunset at the horizon.
        let (Color::Rgb(.., dusk), Color::Rgb(red, ..)) = (buffer[(5, 0)].fg, buffer[(30, 8)].fg) else {
            panic!("no colours");
        };
        assert!(dusk > 60 && red > 180);
    }

    #[test]
    fn transparent_pixels_show_the_checker() {
        let buffer = drawn(&mut view(RINGS), 32, 16);
        assert_eq!(buffer[(0, 0)].fg, Color::Rgb(44, 44, 44));
        assert_eq!(buffer[(4, 0)].fg, Color::Rgb(60, 60, 60));
    }

    #[test]
    fn without_colour_it_is_shaded_in_ascii() {
        let buffer = drawn_as(&mut view(EVENING), 40, 20, Colours::None, ImageMode::Auto);
        let text: String = (0..20).map(|y| line(&buffer, y)).collect();
        assert!(text.is_ascii() && text.contains('@') && text.contains('.'));
        assert_eq!(buffer[(3, 3)].fg, Color::Reset);
    }

    #[test]
    fn the_settings_decide_how_pictures_are_drawn() {
        let first = |colours, images| line(&drawn_as(&mut view(EVENING), 60, 20, colours, images), 0);
        assert!(first(Colours::True, ImageMode::HalfBlocks).contains('▀'));
        assert!(first(Colours::True, ImageMode::Ascii).is_ascii());
        // Half-blocks in one colour would show nothing.
        assert!(first(Colours::None, ImageMode::HalfBlocks).is_ascii());
        assert!(first(Colours::True, ImageMode::Off).starts_with("Pictures are not drawn"));
    }

    #[test]
    fn a_picture_in_few_colours_asks_for_no_others() {
        let buffer = drawn_as(&mut view(EVENING), 40, 20, Colours::Indexed, ImageMode::Auto);
        assert!(
            buffer
                .content
                .iter()
                .all(|cell| !matches!(cell.fg, Color::Rgb(..)))
        );
        assert!(
            buffer
                .content
                .iter()
                .any(|cell| matches!(cell.fg, Color::Indexed(_)))
        );
    }

    #[test]
    fn one_to_one_can_be_panned() {
        let mut view = view(EVENING);
        drawn(&mut view, 40, 10);
        assert!(!view.act(Motion::Right));
        assert!(view.act(Motion::Wrap) && view.act(Motion::Right) && view.act(Motion::Down));
        assert_eq!(view.position(), "112 × 80 · 1:1 from 8, 8");
        assert!(view.act(Motion::Bottom) && view.act(Motion::LineEnd));
        assert_eq!(view.position(), "112 × 80 · 1:1 from 72, 60");
        assert_eq!(line(&drawn(&mut view, 40, 10), 9), "▀".repeat(40));
        drawn(&mut view, 200, 60);
        assert_eq!(view.position(), "112 × 80 · 1:1 from 0, 0");
    }

    #[test]
    fn an_upright_picture_is_upright() {
        assert_eq!(view(TURNED).position(), "48 × 64");
    }

    #[test]
    fn a_broken_picture_says_why() {
        let facts = image_facts(EVENING).unwrap();
        let mut view = ImageView::new(facts, &EVENING[..60].into(), &Limits::DEFAULT);
        let buffer = drawn(&mut view, 60, 4);
        assert!(line(&buffer, 0).starts_with("The png picture cannot be opened"));
        assert!(!view.act(Motion::Wrap) && !view.act(Motion::Down));
    }

    #[test]
    fn every_shape_fits_every_area() {
        for (width, height) in [(1, 1), (1, 16_000), (16_000, 1), (300, 200)] {
            for room in [(1, 2), (3, 2), (80, 46), (400, 200)] {
                let (fit_width, fit_height) = fitting((width, height), room);
                assert!((1..=room.0).contains(&fit_width) && (1..=room.1).contains(&fit_height));
            }
        }
        for (width, height) in [(0, 0), (1, 1), (2, 2), (1, 9)] {
            drawn(&mut view(RINGS), width, height);
        }
    }
}
