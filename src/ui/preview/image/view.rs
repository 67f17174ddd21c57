//! The image view: fitted or zoomed and panned; animations frame by frame.

use super::blocks;
use super::render::{Ready, Wanted, place, render};
use super::window::Window;
use crate::graphics::{Colours, Graphics, ImageMethod, most_cells};
use crate::look::Role;
use crate::preview::contract::{Motion, Preview, PreviewContext, Wish, Work, WorkResult};
use bytes::Bytes;
use natsbridge_app::{Action, ViewKind};
use natsbridge_wire::{
    Blob, Frames, ImageInfo, Limits, MediaError, PixelBuffer, SafeText, Severity, decode_frames, decode_image,
};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget, Wrap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Eighths of what is seen that one page is.
const PAGE: i64 = 8;
/// Far enough to reach any edge.
const EDGE: i64 = u32::MAX as i64;
/// The slot of the work that draws.
const DRAWING: &str = "picture";
/// The slot of the work that decodes an animation.
const FRAMES: &str = "frames";

/// A view of a picture.
#[derive(Debug)]
pub struct ImageView {
    /// Its frames; the first is there at once.
    frames: Result<Vec<Arc<PixelBuffer>>, SafeText>,
    /// Size where there are no frames.
    size: (u32, u32),
    /// The bytes of a possible animation, until its frames are requested.
    animation: Option<Bytes>,
    /// Whether there are more frames than are decoded here.
    more: bool,
    at: usize,
    window: Window,
    limits: Limits,
    /// Pixels of the screen at the last draw.
    room: (u32, u32),
    ready: Option<(Wanted, Option<Ready>)>,
    /// What was to be seen at the last fit.
    seen: Option<Wanted>,
    /// The same, while it is not ready.
    wanted: Option<Wanted>,
    asked: Option<Wanted>,
    id: u32,
}

impl ImageView {
    /// Decodes the pixels, which may take a moment: call it off the screen task.
    pub fn new(facts: ImageInfo, body: &Blob, limits: &Limits) -> Self {
        let loaded = match body.load(limits.direct_message as u64) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err("The image is too large to open.".to_owned()),
            Err(error) => Err(format!("The image file cannot be read: {error}.")),
        };
        let first = loaded
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|bytes| decode_image(bytes, limits).map_err(|error| error.message));
        let moves = matches!(facts.format, "gif" | "webp" | "png") && first.is_ok();
        Self {
            frames: first
                .map(|picture| vec![Arc::new(picture)])
                .map_err(|why| SafeText::new(&why)),
            size: facts.width.zip(facts.height).unwrap_or_default(),
            animation: loaded.ok().filter(|_| moves),
            more: false,
            at: 0,
            window: Window::default(),
            limits: limits.clone(),
            room: (1, 1),
            ready: None,
            seen: None,
            wanted: None,
            asked: None,
            id: next_id(),
        }
    }

    fn picture(&self) -> Option<&Arc<PixelBuffer>> {
        self.frames.as_ref().ok()?.get(self.at)
    }

    /// Pixels of the picture, across and down; what its head says where there are none.
    fn size(&self) -> (u32, u32) {
        self.picture()
            .map_or(self.size, |picture| (picture.width, picture.height))
    }

    fn pan(&mut self, x: i64, y: i64) -> bool {
        self.frames.is_ok() && self.window.pan((x, y), self.size(), self.room)
    }

    /// Finds out what is to be seen in an area, and whether that is ready.
    fn look(&mut self, area: Rect, pictures: ImageMethod) {
        let graphics = graphics_of(pictures);
        let cells = (u32::from(area.width), u32::from(area.height));
        self.room = graphics.map_or((cells.0, cells.1 * 2), |graphics| {
            let most = u32::from(most_cells(graphics));
            let (across, down) = graphics.cell;
            (
                cells.0.min(most) * u32::from(across),
                cells.1.min(most) * u32::from(down),
            )
        });
        let seen = Wanted {
            frame: self.at,
            seen: self.window.seen(self.size(), self.room),
            graphics,
        };
        let ready = self.ready.as_ref().is_some_and(|(is, _)| *is == seen);
        self.seen = Some(seen);
        self.wanted = (!ready).then_some(seen);
    }

    /// Draws what is ready for this area; anything else is drawn roughly for now.
    fn draw_picture(&self, area: Rect, buffer: &mut Buffer, pictures: ImageMethod, colours: Colours) {
        let (Some(picture), Some(wanted)) = (self.picture(), self.seen) else {
            return;
        };
        let Wanted { seen, graphics, .. } = wanted;
        let covered = matches!(pictures, ImageMethod::Covered(_));
        let similar = |is: &Wanted| is.graphics == graphics && is.seen.size == seen.size;
        match &self.ready {
            // The old sequence stays until the new one is ready, so that nothing flickers.
            Some((is, Some(Ready::Sequence(drawn)))) if similar(is) && !covered => place(drawn, area, buffer),
            Some((is, Some(Ready::Cells(ready)))) if *is == wanted => {
                blocks::draw(ready, area, buffer, colours);
            }
            _ => {
                let part = |pixels: u32, of: u32, whole: u32| {
                    (u64::from(pixels) * u64::from(of) / u64::from(whole.max(1))) as u32
                };
                let width = part(seen.size.0, area.width.into(), self.room.0);
                let height = part(seen.size.1, u32::from(area.height) * 2, self.room.1);
                let rough = picture.sampled(seen.part, width, height);
                blocks::draw(&rough, area, buffer, colours);
            }
        }
    }

    fn step(&mut self, steps: isize) -> Vec<Wish> {
        let Ok(frames) = &self.frames else { return vec![] };
        if frames.len() < 2 {
            let text = if self.more || self.animation.is_some() {
                "The frames have not been decoded yet."
            } else {
                "This image has only one frame."
            };
            return Wish::tell(Severity::Note, text);
        }
        self.at = (self.at as isize + steps).rem_euclid(frames.len() as isize) as usize;
        vec![]
    }

    fn zoom(&mut self, steps: i32) {
        if self.frames.is_ok() {
            self.window.zoom(steps, self.size(), self.room);
        }
    }

    fn take_frames(&mut self, frames: Frames) {
        // A single one is what is shown already.
        if frames.pictures.len() > 1 {
            self.more = frames.more;
            self.frames = Ok(frames.pictures.into_iter().map(Arc::new).collect());
        }
    }
}

/// The graphics protocol that pictures are drawn with, if they are drawn in pixels.
fn graphics_of(pictures: ImageMethod) -> Option<Graphics> {
    match pictures {
        ImageMethod::Pixels(graphics) | ImageMethod::Covered(graphics) => Some(graphics),
        ImageMethod::HalfBlocks | ImageMethod::Ascii | ImageMethod::Off => None,
    }
}

/// Image numbers for the terminal, chosen to avoid those of other programs as far as possible.
fn next_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id().wrapping_mul(0x9E37_79B1) >> 16 << 8;
    (own | (NEXT.fetch_add(1, Ordering::Relaxed) % 255 + 1)) & 0x00FF_FFFF
}

impl Preview for ImageView {
    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        if !area.is_empty() && self.frames.is_ok() && context.pictures != ImageMethod::Off {
            self.look(area, context.pictures);
        }
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let (sentence, role) = match (&self.frames, context.pictures) {
            (Err(sentence), _) => (sentence.as_str(), Role::Caution),
            (Ok(_), ImageMethod::Off) => {
                let text = "Images are not drawn because images is off in the settings.";
                (text, Role::Dim)
            }
            (Ok(_), ImageMethod::Ascii) => {
                return self.draw_picture(area, buffer, ImageMethod::Ascii, Colours::None);
            }
            (Ok(_), pictures) => return self.draw_picture(area, buffer, pictures, context.colours),
        };
        Paragraph::new(sentence)
            .style(context.theme.style(role))
            .wrap(Wrap { trim: true })
            .render(area, buffer);
    }

    fn wanted_rows(&self, width: u16, most: u16, context: PreviewContext<'_>) -> u16 {
        if self.frames.is_err() || context.pictures == ImageMethod::Off || most == 0 {
            return most.min(2);
        }
        let (across, down) = graphics_of(context.pictures).map_or((1, 2), |graphics| graphics.cell);
        let room = (
            u32::from(width) * u32::from(across),
            u32::from(most) * u32::from(down),
        );
        let (_, high) = Window::default().seen(self.size(), room).size;
        (high.div_ceil(u32::from(down).max(1)) as u16).clamp(1, most)
    }

    fn act(&mut self, motion: Motion) -> bool {
        match motion {
            Motion::Wrap if self.frames.is_ok() => {
                self.window.toggle();
                true
            }
            Motion::Left => self.pan(-1, 0),
            Motion::Right => self.pan(1, 0),
            Motion::Up => self.pan(0, -1),
            Motion::Down => self.pan(0, 1),
            Motion::PageUp => self.pan(0, -PAGE),
            Motion::PageDown => self.pan(0, PAGE),
            Motion::HalfUp => self.pan(0, -PAGE / 2),
            Motion::HalfDown => self.pan(0, PAGE / 2),
            Motion::LineStart => self.pan(-EDGE, 0),
            Motion::LineEnd => self.pan(EDGE, 0),
            Motion::Top => self.pan(0, -EDGE),
            Motion::Bottom => self.pan(0, EDGE),
            Motion::Wheel(rows) => self.pan(0, i64::from(rows)),
            _ => false,
        }
    }

    fn position(&self) -> String {
        let (width, height) = self.size();
        let mut parts = vec![format!("{width} × {height}")];
        let seen = self.wanted.or_else(|| self.ready.as_ref().map(|(is, _)| *is));
        if let Some(seen) = seen {
            let (x, y) = self.window.corner();
            let from = if self.window.fits() {
                String::new()
            } else {
                format!(" from {x}, {y}")
            };
            parts.push(format!("{} %{from}", seen.seen.percent));
        }
        if let Some(frames) = self.frames.as_ref().ok().filter(|frames| frames.len() > 1) {
            let more = if self.more { "+" } else { "" };
            parts.push(format!("frame {} of {}{more}", self.at + 1, frames.len()));
        }
        parts.join(" · ")
    }

    fn kind(&self) -> Option<ViewKind> {
        self.frames.is_ok().then_some(ViewKind::Image)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        match action {
            Action::ZoomIn => self.zoom(1),
            Action::ZoomOut => self.zoom(-1),
            Action::NextFrame => return Some(self.step(1)),
            Action::PreviousFrame => return Some(self.step(-1)),
            _ => return None,
        }
        Some(vec![])
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if let Some(bytes) = self.animation.take() {
            let limits = self.limits.clone();
            let decode = move |_: &_| decode_frames(&bytes, &limits);
            wishes.push(Wish::Work(Work::new(FRAMES, "decoding frames", decode)));
        }
        if let (Some(wanted), Some(picture)) = (self.wanted, self.picture())
            && self.asked != Some(wanted)
        {
            let (picture, most, id) = (Arc::clone(picture), self.limits.image_sequence, self.id);
            self.asked = Some(wanted);
            let draw = move |_: &_| (wanted, render(&picture, wanted, most, id));
            wishes.push(Wish::Work(Work::new(DRAWING, "drawing the image", draw)));
        }
        wishes
    }

    fn worked(&mut self, slot: &'static str, result: WorkResult) -> Vec<Wish> {
        match slot {
            DRAWING => {
                if let Ok(ready) = result.downcast::<(Wanted, Option<Ready>)>() {
                    self.asked = None;
                    self.ready = Some(*ready);
                }
            }
            FRAMES => {
                // Damage in the first frame is told by the picture itself.
                if let Ok(frames) = result.downcast::<Result<Frames, MediaError>>()
                    && let Ok(frames) = *frames
                {
                    self.take_frames(frames);
                }
            }
            _ => {}
        }
        vec![]
    }
}
