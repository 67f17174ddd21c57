//! The view of a picture, with its work done at once.
#![cfg(test)]

use super::view::ImageView;
use crate::graphics::{Colours, ImageMethod, TerminalGraphics};
use crate::look::Theme;
use crate::preview::contract::{Motion, Preview, PreviewContext, Wish};
use crate::preview::sample::{exercise, rows};
use bytes::Bytes;
use image::codecs::gif::GifEncoder;
use image::{Frame, Rgba, RgbaImage};
use natsbridge_app::{Action, ImageMode, Progress};
use natsbridge_wire::{Limits, image_facts};
use ratatui::buffer::Buffer;
use ratatui::buffer::CellDiffOption;
use ratatui::layout::Rect;
use ratatui::style::Color;

const EVENING: &[u8] = include_bytes!("../../../../assets/demo/evening.png");
const RINGS: &[u8] = include_bytes!("../../../../assets/demo/rings.png");
const TURNED: &[u8] = include_bytes!("../../../../assets/demo/turned.jpg");

fn view_of(bytes: &[u8]) -> ImageView {
    let bytes = Bytes::copy_from_slice(bytes);
    ImageView::new(image_facts(&bytes).unwrap(), &bytes.into(), &Limits::DEFAULT)
}

/// Does what the view wishes for, as the workbench would.
fn settle(view: &mut ImageView) {
    for wish in view.wishes() {
        let Wish::Work(work) = wish else { continue };
        let result = (work.run)(&Progress::default());
        view.worked(work.slot, result);
    }
}

fn drawn(view: &mut ImageView, width: u16, height: u16) -> Buffer {
    drawn_as(view, (width, height), Colours::True, ImageMode::Auto)
}

fn drawn_as(
    view: &mut ImageView,
    (width, height): (u16, u16),
    colours: Colours,
    images: ImageMode,
) -> Buffer {
    let terminal = TerminalGraphics {
        cell: Some((8, 16)),
        ..TerminalGraphics::default()
    };
    let theme = Theme::plain();
    let context = PreviewContext {
        theme: &theme,
        focused: true,
        colours,
        pictures: terminal.drawn(images, colours, false),
        on_page: false,
    };
    let area = Rect::new(0, 0, width, height);
    view.fit(area, context);
    view.draw(area, &mut Buffer::empty(area), context);
    settle(view);
    let mut buffer = Buffer::empty(area);
    view.fit(area, context);
    view.draw(area, &mut buffer, context);
    buffer
}

fn line(buffer: &Buffer, y: usize) -> String {
    rows(buffer)[y].clone()
}

fn animation() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for red in [0, 100, 200] {
        let picture = RgbaImage::from_pixel(8, 8, Rgba([red, 0, 0, 255]));
        encoder.encode_frame(Frame::new(picture)).unwrap();
    }
    drop(encoder);
    bytes
}

#[test]
fn a_picture_fills_its_area_in_its_shape() {
    let mut view = view_of(EVENING);
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
fn before_it_is_ready_it_is_drawn_roughly_in_the_same_place() {
    let mut view = view_of(EVENING);
    let theme = Theme::plain();
    let area = Rect::new(0, 0, 56, 40);
    let mut rough = Buffer::empty(area);
    let context = PreviewContext {
        theme: &theme,
        focused: true,
        colours: Colours::True,
        pictures: ImageMethod::HalfBlocks,
        on_page: false,
    };
    view.fit(area, context);
    view.draw(area, &mut rough, context);
    assert_eq!(rows(&rough), rows(&drawn(&mut view, 56, 40)));
    // Nothing more is to be done for the same view.
    assert!(view.wishes().is_empty());
}

#[test]
fn pixels_go_out_once_and_their_cells_are_left_alone() {
    for (mode, start) in [
        (ImageMode::Sixel, "\x1b7\x1b[56X"),
        (ImageMode::Iterm2, "\x1b7\x1b[56X"),
        (ImageMode::Kitty, "\x1b_Ga=T,U=1"),
    ] {
        let mut view = view_of(EVENING);
        let buffer = drawn_as(&mut view, (60, 40), Colours::True, mode);
        // 112 × 80 grows four times at most: 448 × 320 pixels are 56 × 20 cells.
        assert_eq!(view.position(), "112 × 80 · 400 %");
        let first = &buffer[(2, 0)];
        assert!(
            first.symbol().starts_with(start),
            "{mode:?}: {:?}",
            &first.symbol()[..20]
        );
        let (inside, outside) = (&buffer[(57, 19)], &buffer[(2, 20)]);
        assert_eq!(outside.symbol(), " ");
        if mode == ImageMode::Kitty {
            // Row 19, column 55, by their marks.
            assert_eq!(inside.symbol(), "\u{10EEEE}\u{365}\u{611}");
            assert_eq!(inside.fg, first.fg);
        } else {
            assert_eq!(inside.diff_option, CellDiffOption::Skip);
        }
        let again = drawn_as(&mut view, (60, 40), Colours::True, mode);
        assert_eq!(Buffer::diff(&buffer, &again).len(), 0);
    }
}

#[test]
fn transparent_pixels_show_the_checker() {
    let buffer = drawn(&mut view_of(RINGS), 32, 16);
    assert_eq!(buffer[(0, 0)].fg, Color::Rgb(44, 44, 44));
    assert_eq!(buffer[(4, 0)].fg, Color::Rgb(60, 60, 60));
}

#[test]
fn without_colour_it_is_shaded_in_ascii() {
    let buffer = drawn_as(&mut view_of(EVENING), (40, 20), Colours::None, ImageMode::Auto);
    let text = rows(&buffer).concat();
    assert!(text.is_ascii() && text.contains('@') && text.contains('.'));
    assert_eq!(buffer[(3, 3)].fg, Color::Reset);
}

#[test]
fn the_settings_decide_how_pictures_are_drawn() {
    let first = |colours, images| line(&drawn_as(&mut view_of(EVENING), (60, 20), colours, images), 0);
    assert!(first(Colours::True, ImageMode::HalfBlocks).contains('▀'));
    assert!(first(Colours::True, ImageMode::Ascii).is_ascii());
    // Half-blocks in one colour would show nothing.
    assert!(first(Colours::None, ImageMode::HalfBlocks).is_ascii());
    assert!(first(Colours::True, ImageMode::Off).starts_with("Images are not drawn"));
}

#[test]
fn a_picture_in_few_colours_asks_for_no_others() {
    let buffer = drawn_as(&mut view_of(EVENING), (40, 20), Colours::Indexed, ImageMode::Auto);
    let colour = |wanted: fn(&Color) -> bool| buffer.content.iter().any(|cell| wanted(&cell.fg));
    assert!(!colour(|fg| matches!(fg, Color::Rgb(..))) && colour(|fg| matches!(fg, Color::Indexed(_))));
}

#[test]
fn it_is_enlarged_and_moved_about_in() {
    let mut view = view_of(EVENING);
    drawn(&mut view, 40, 10);
    assert!(!view.act(Motion::Right));
    assert!(view.act(Motion::Wrap) && view.act(Motion::Right) && view.act(Motion::Down));
    drawn(&mut view, 40, 10);
    assert_eq!(view.position(), "112 × 80 · 100 % from 5, 2");
    assert!(view.act(Motion::Bottom) && view.act(Motion::LineEnd));
    assert_eq!(line(&drawn(&mut view, 40, 10), 9), "▀".repeat(40));
    assert_eq!(view.position(), "112 × 80 · 100 % from 72, 60");
    assert!(view.run(Action::ZoomIn).is_some());
    drawn(&mut view, 40, 10);
    assert!(view.position().contains("150 % from"), "{}", view.position());
    for _ in 0..9 {
        view.run(Action::ZoomOut);
    }
    drawn(&mut view, 40, 10);
    assert_eq!(view.position(), "112 × 80 · 25 %");
}

#[test]
fn an_animation_is_stepped_through() {
    let mut view = view_of(&animation());
    let mut reds = vec![];
    for _ in 0..4 {
        let buffer = drawn(&mut view, 20, 8);
        let Color::Rgb(red, ..) = buffer[(10, 3)].fg else {
            panic!("no colour")
        };
        reds.push(red);
        assert!(view.run(Action::NextFrame).unwrap().is_empty());
    }
    assert_eq!(reds, [0, 100, 200, 0]);
    view.run(Action::PreviousFrame);
    assert!(view.position().ends_with("frame 1 of 3"), "{}", view.position());
    // One that has a single frame says so.
    assert!(matches!(
        &view_of(EVENING).run(Action::NextFrame).unwrap()[..],
        [Wish::Tell(..)]
    ));
}

#[test]
fn an_upright_picture_is_upright() {
    assert_eq!(view_of(TURNED).position(), "48 × 64");
}

#[test]
fn a_broken_picture_says_why() {
    let facts = image_facts(EVENING).unwrap();
    let mut view = ImageView::new(facts, &EVENING[..60].into(), &Limits::DEFAULT);
    let buffer = drawn(&mut view, 60, 4);
    assert!(line(&buffer, 0).starts_with("The png image cannot be opened"));
    assert!(!view.act(Motion::Wrap) && !view.act(Motion::Down));
    assert_eq!((view.kind(), view.position()), (None, "112 × 80".to_owned()));
}

#[test]
fn every_area_is_drawn_in_every_way() {
    exercise(&mut view_of(EVENING));
    for mode in ImageMode::ALL {
        for size in [(0, 0), (1, 1), (2, 2), (1, 9)] {
            drawn_as(&mut view_of(RINGS), size, Colours::True, *mode);
        }
    }
}
