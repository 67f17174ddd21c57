//! Pictures: real ones of all five formats, changed in their parts with the sums put right, and anywhere.

use super::registry::{Target, files};
use crate::dice::Dice;
use crate::mutations;
use natsbridge_wire::{Limits, decode_frames, decode_image, image_facts};
use std::ops::Range;

pub const PICTURES: Target = Target {
    name: "pictures",
    memory: 224,
    seeds,
    mutate,
    check,
};

/// Pixels along a side of the seeds, so that they are quickly read.
const SIDE: u32 = 24;

fn seeds() -> Vec<Vec<u8>> {
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    let mut all = Vec::new();
    for (path, bytes) in files("assets/demo") {
        let Ok(picture) = image::load_from_memory(&bytes) else {
            continue;
        };
        if bytes.len() < 2500 {
            all.push(bytes);
        }
        let small = picture.thumbnail(SIDE, SIDE);
        // The same as other encoders and settings write it.
        let mut write = |picture: image::DynamicImage, format| {
            let mut out = std::io::Cursor::new(Vec::new());
            picture
                .write_to(&mut out, format)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            all.push(out.into_inner());
        };
        write(small.to_rgb8().into(), Jpeg);
        write(small.to_luma8().into(), Jpeg);
        write(small.to_rgba8().into(), Gif);
        write(small.to_rgba8().into(), WebP);
        write(small.to_rgb8().into(), Bmp);
        for picture in [
            small.to_luma16().into(),
            small.to_luma_alpha8().into(),
            small.to_rgba16().into(),
        ] {
            write(picture, Png);
        }
    }
    all
}

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = match dice.below(24) {
        0 => drawn(dice),
        _ => seed.to_vec(),
    };
    for _ in 0..=dice.below(3) {
        let parts = parts(&mutant);
        match dice.below(8) {
            0..=4 if !parts.is_empty() => {
                let part = dice.pick(&parts).clone();
                let inside = &mut mutant[part];
                if dice.one_in(2) {
                    mutations::number(inside, dice);
                } else if let Some(last) = inside.len().checked_sub(1) {
                    inside[dice.below(last + 1)] = dice.roll() as u8;
                }
            }
            5 => {
                let foreign: Vec<&[u8]> = self::parts(other).into_iter().map(|at| &other[at]).collect();
                mutations::parts(&mut mutant, &parts, &foreign, dice);
            }
            _ => mutations::bytes(&mut mutant, other, dice),
        }
    }
    if !dice.one_in(8) {
        put_right(&mut mutant);
    }
    mutant
}

/// The parts that a picture of its format consists of.
fn parts(bytes: &[u8]) -> Vec<Range<usize>> {
    let number = |at: usize, width: usize, big: bool| {
        let bytes = bytes.get(at..at + width)?.iter();
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if big {
            bytes.fold(0, add)
        } else {
            bytes.rev().fold(0, add)
        })
    };
    let (mut at, mut all) = (0, Vec::new());
    let length = |at: usize| match bytes.first_chunk::<4>() {
        Some(b"\x89PNG") if at == 0 => Some(8),
        Some(b"\x89PNG") => number(at, 4, true)?.checked_add(12),
        Some(b"RIFF") => match at {
            0 => Some(12),
            _ => Some(number(at + 4, 4, false)?.next_multiple_of(2) + 8),
        },
        // Heads of fixed length; behind them each block of its own.
        Some(b"GIF8") => Some(if at == 0 { 13 } else { 24 }),
        Some([b'B', b'M', ..]) => Some([14, 40, 4][all_of(at, &[0, 14])]),
        Some([0xff, 0xd8, ..]) => match (bytes.get(at)?, bytes.get(at + 1)?) {
            (0xff, 0xd8 | 0xd9) => Some(2),
            (0xff, _) => Some(number(at + 2, 2, true)? + 2),
            _ => Some(16),
        },
        _ => None,
    };
    while let Some(length) = length(at).filter(|_| at < bytes.len()) {
        let end = at.saturating_add(length.max(1)).min(bytes.len());
        all.push(at..end);
        at = end;
    }
    all
}

/// How many of these places lie before another.
fn all_of(at: usize, places: &[usize]) -> usize {
    places.iter().filter(|place| **place < at).count()
}

/// Writes the sums that readers look at first: a picture with a wrong one goes no further.
fn put_right(bytes: &mut [u8]) {
    if bytes.starts_with(b"\x89PNG") {
        for part in parts(bytes).into_iter().skip(1).filter(|part| part.len() >= 12) {
            let end = part.end - 4;
            let sum = crc32fast::hash(&bytes[part.start + 4..end]);
            bytes[end..part.end].copy_from_slice(&sum.to_be_bytes());
        }
    } else if bytes.starts_with(b"RIFF") && bytes.len() >= 8 {
        let length = bytes.len() as u32 - 8;
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
    }
}

/// A PNG of any depth, colours and interlacing, with any filters over any bytes.
fn drawn(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8], data: &[u8]| {
        bytes.extend((data.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend(name);
        bytes.extend(data);
        bytes.extend(crc32fast::hash(&bytes[start..]).to_be_bytes());
    };
    let mut head = Vec::new();
    for _ in 0..2 {
        let side = *dice.pick(&[1_u32, 2, 7, 8, 9, 33, 1000]);
        head.extend(side.to_be_bytes());
    }
    let depth = *dice.pick(&[1, 2, 4, 8, 16]);
    let colours = *dice.pick(&[0, 2, 3, 4, 6]);
    head.extend([depth, colours, 0, 0, dice.below(2) as u8]);
    chunk(b"IHDR", &head);
    if dice.one_in(2) {
        chunk(b"PLTE", &vec![7; 3 * dice.below(300)]);
    }
    if dice.one_in(4) {
        chunk(b"tRNS", &vec![9; dice.below(300)]);
    }
    if dice.one_in(4) {
        // Animated, with a place of its own.
        chunk(b"acTL", &[[0, 0, 0, dice.below(3) as u8], [0; 4]].concat());
        let frame: Vec<u8> = (0..26).map(|_| dice.below(3) as u8).collect();
        chunk(b"fcTL", &frame);
    }
    // One block that is not compressed, whose sum nobody needs to believe.
    let length = dice.below(4000);
    let data: Vec<u8> = (0..length)
        .map(|_| dice.roll() as u8 & if dice.one_in(3) { 0xff } else { 7 })
        .collect();
    let short = length as u16;
    let stored = [
        &[0x78, 0x01, 0x01][..],
        &short.to_le_bytes(),
        &(!short).to_le_bytes(),
        &data,
        &adler32(&data),
    ];
    chunk(b"IDAT", &stored.concat());
    chunk(b"IEND", b"");
    bytes
}

fn adler32(bytes: &[u8]) -> [u8; 4] {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16 | a).to_be_bytes()
}

fn check(mutant: &[u8]) -> bool {
    // A thirtieth of what is usual: what is taken beside it shows all the same.
    let limits = Limits {
        image_pixels: 1_000_000,
        image_alloc: 4 << 20,
        image_frames: 4 << 20,
        ..Limits::DEFAULT
    };
    let facts = image_facts(mutant);
    let picture = decode_image(mutant, &limits);
    if let Ok(picture) = &picture {
        let facts = facts.expect("what is decoded has facts");
        let sides = [Some(picture.width), Some(picture.height)];
        assert!(
            sides == [facts.width, facts.height] || sides == [facts.height, facts.width],
            "{sides:?} {facts:?}"
        );
        assert_eq!(
            picture.rgba.len() as u64,
            4 * u64::from(picture.width) * u64::from(picture.height)
        );
        assert!(picture.rgba.len() <= 4 * 1_000_000);
    }
    if let Ok(frames) = decode_frames(mutant, &limits) {
        let bytes: usize = frames.pictures.iter().map(|picture| picture.rgba.len()).sum();
        assert!(bytes <= 4 << 20, "{bytes} bytes of frames");
    }
    picture.is_ok()
}
