//! Views of large payloads: what the screen's own task spends on a key and the frame after it, while the slow part runs
//! elsewhere. A picture of 50 megapixels and a text that is one line of 10 MB.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends by panicking and tells on its output"
)]

use bytes::Bytes;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use natsbridge_app::{Action, Progress};
use natsbridge_ui::preview::{Motion, Preview, PreviewContext, Wish, build_views};
use natsbridge_ui::{Colours, Graphics, ImageMethod, Protocol, Theme};
use natsbridge_wire::{Limits, decode_message};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    let limits = Limits {
        image_pixels: 64_000_000,
        image_alloc: 512 << 20,
        ..Limits::default()
    };
    let blocks = ImageMethod::HalfBlocks;
    let sixel = ImageMethod::Pixels(Graphics {
        protocol: Protocol::Sixel,
        tmux: false,
        cell: (10, 20),
    });
    let png = picture(8000, 6250);
    println!("picture of 50 megapixels, {} kB of PNG", png.len() / 1000);
    for (name, pictures) in [("half-blocks", blocks), ("sixel", sixel)] {
        let mut bench = Bench::open(&png, &limits, pictures);
        for _ in 0..3 {
            for action in [Action::ZoomIn, Action::ZoomIn, Action::ZoomOut] {
                bench.action(action);
            }
            for motion in [
                Motion::Wrap,
                Motion::Right,
                Motion::Down,
                Motion::PageDown,
                Motion::Bottom,
                Motion::Wrap,
            ] {
                bench.motion(motion);
            }
        }
        bench.tell(name);
    }

    let line = "lorem ipsum dolor sit amet ".repeat(400_000);
    println!("text of one line, {} MB", line.len() / 1_000_000);
    let mut bench = Bench::open(&Bytes::from(line), &limits, blocks);
    for _ in 0..3 {
        for motion in [
            Motion::Down,
            Motion::PageDown,
            Motion::Bottom,
            Motion::Up,
            Motion::Wrap,
            Motion::LineEnd,
            Motion::Left,
            Motion::LineStart,
            Motion::Right,
            Motion::Wrap,
            Motion::Top,
        ] {
            bench.motion(motion);
        }
    }
    bench.tell("keys");
    let started = Instant::now();
    let found = bench.view.search("amet");
    println!(
        "search ({found:?}) on the screen's task {:8.1} ms",
        ms(started.elapsed())
    );
}

/// A picture with something to see everywhere.
fn picture(width: u32, height: u32) -> Bytes {
    let pixel = |i: u32| [(i % width / 32) as u8, (i / width / 32) as u8, (i / 8192) as u8];
    let rgb: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Sub)
        .write_image(&rgb, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    bytes.into()
}

struct Bench {
    view: Box<dyn Preview>,
    pictures: ImageMethod,
    built: Duration,
    keys: Vec<Duration>,
    works: Vec<Duration>,
}

impl Bench {
    fn open(bytes: &Bytes, limits: &Limits, pictures: ImageMethod) -> Self {
        let started = Instant::now();
        let message = Arc::new(decode_message(bytes, "a", limits));
        let mut views = build_views(&message, 0, limits, &|_| None);
        let mut bench = Self {
            view: views.tabs.remove(0).view.unwrap(),
            pictures,
            built: started.elapsed(),
            keys: vec![],
            works: vec![],
        };
        bench.frame(Instant::now());
        bench
    }

    fn action(&mut self, action: Action) {
        let started = Instant::now();
        self.view.run(action).unwrap();
        self.frame(started);
    }

    fn motion(&mut self, motion: Motion) {
        let started = Instant::now();
        self.view.act(motion);
        self.frame(started);
    }

    /// Draws, lets the work run that is wished for, and draws what came of it: each on the screen's task is one sample.
    fn frame(&mut self, started: Instant) {
        self.draw();
        let wishes = self.view.wishes();
        self.keys.push(started.elapsed());
        for wish in wishes {
            let Wish::Work(work) = wish else { continue };
            let slot = work.slot;
            let begun = Instant::now();
            let result = std::thread::spawn(move || (work.run)(&Progress::default()))
                .join()
                .unwrap();
            self.works.push(begun.elapsed());
            let started = Instant::now();
            self.view.worked(slot, result);
            self.draw();
            self.keys.push(started.elapsed());
        }
    }

    fn draw(&mut self) {
        let area = Rect::new(0, 0, 120, 40);
        let mut buffer = Buffer::empty(area);
        let context = PreviewContext {
            theme: &Theme::plain(),
            focused: true,
            colours: Colours::True,
            pictures: self.pictures,
            on_page: false,
        };
        self.view.fit(area, context);
        self.view.draw(area, &mut buffer, context);
    }

    fn tell(&mut self, name: &str) {
        self.keys.sort();
        self.works.sort();
        let (longest, middle) = (self.keys[self.keys.len() - 1], self.keys[self.keys.len() / 2]);
        let work = self.works.last().map_or(0.0, |work| ms(*work));
        println!(
            "{name:14} opened elsewhere in {:7.1} ms · a key holds the screen {:6.2} ms p50, {:6.2} ms at most ({} samples) · work elsewhere {work:7.1} ms at most",
            ms(self.built),
            ms(middle),
            ms(longest),
            self.keys.len()
        );
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
