//! Sound and film: real files of every container, changed in their boxes, chunks and pages, and anywhere. Heads are read for
//! facts, and some sound is decoded.

use super::registry::{Target, files, one_in};
use crate::dice::Dice;
use crate::mutations;
use natsbridge_wire::{Blob, Steps, audio_facts, sound, video_facts};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

pub const MEDIA: Target = Target {
    name: "media",
    memory: 64,
    seeds,
    mutate,
    check,
};

fn seeds() -> Vec<Vec<u8>> {
    let wanted = [
        "wav", "mp3", "flac", "ogg", "m4a", "aac", "aiff", "mp4", "mov", "webm", "mkv", "avi",
    ];
    let named = files("assets/demo").into_iter().filter_map(|(path, bytes)| {
        let ending = path.extension()?.to_str()?;
        wanted.contains(&ending).then_some((ending.to_owned(), bytes))
    });
    // The beginning is enough: heads, and some sound.
    let short = |(ending, mut bytes): (String, Vec<u8>)| {
        if ending != "m4a" {
            bytes.truncate(3100);
        }
        bytes
    };
    named.map(short).collect()
}

fn mutate(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutant = seed.to_vec();
    for _ in 0..=dice.below(3) {
        let parts = parts(&mutant);
        match dice.below(8) {
            // The length before a name, or behind it, and what follows.
            0..=3 if !parts.is_empty() => {
                let at = dice.pick(&parts).start;
                let near = at.saturating_sub(4)..(at + 40).min(mutant.len());
                mutations::number(&mut mutant[near], dice);
            }
            4 => {
                let foreign: Vec<&[u8]> = self::parts(other).into_iter().map(|at| &other[at]).collect();
                mutations::parts(&mut mutant, &parts, &foreign, dice);
            }
            5 => {
                let head = mutant.len().min(200);
                mutations::number(&mut mutant[..head], dice);
            }
            _ => mutations::bytes(&mut mutant, other, dice),
        }
    }
    if mutant.starts_with(b"OggS") && !dice.one_in(8) {
        put_right(&mut mutant);
    }
    mutant
}

/// From one name of four letters to the next, or of a head to the next: boxes, chunks, pages.
fn parts(bytes: &[u8]) -> Vec<Range<usize>> {
    let is_name = |name: &[u8]| {
        matches!(
            name,
            b"ftyp"
                | b"moov"
                | b"mvhd"
                | b"trak"
                | b"tkhd"
                | b"mdia"
                | b"mdhd"
                | b"hdlr"
                | b"minf"
                | b"stbl"
                | b"stsd"
                | b"stts"
                | b"stsc"
                | b"stsz"
                | b"stco"
                | b"esds"
                | b"mp4a"
                | b"avc1"
                | b"avcC"
                | b"udta"
                | b"meta"
                | b"mdat"
                | b"RIFF"
                | b"fmt "
                | b"data"
                | b"LIST"
                | b"hdrl"
                | b"avih"
                | b"strl"
                | b"strh"
                | b"strf"
                | b"FORM"
                | b"COMM"
                | b"SSND"
                | b"OggS"
                | b"fLaC"
                | b"\x1a\x45\xdf\xa3"
                | b"\x15\x49\xa9\x66"
                | b"\x16\x54\xae\x6b"
                | b"\x1f\x43\xb6\x75"
                | b"\x11\x4d\x9b\x74"
                | b"\x1c\x53\xbb\x6b"
        )
    };
    let starts = bytes.windows(4).enumerate();
    let starts = starts.filter(|(_, name)| is_name(name));
    let starts: Vec<usize> = starts.map(|(at, _)| at).chain([bytes.len()]).collect();
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// Writes the sum of every page: one with a wrong sum goes no further.
fn put_right(bytes: &mut [u8]) {
    for page in parts(bytes) {
        let page = &mut bytes[page];
        if page.starts_with(b"OggS") && page.len() > 27 {
            let lengths = usize::from(page[26]);
            let body: usize = page
                .iter()
                .skip(27)
                .take(lengths)
                .map(|length| usize::from(*length))
                .sum();
            let end = (27 + lengths + body).min(page.len());
            page[22..26].fill(0);
            let sum = page[..end].iter().fold(0_u32, |sum, byte| {
                (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
                    (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
                })
            });
            page[22..26].copy_from_slice(&sum.to_le_bytes());
        }
    }
}

/// Some more steps are allowed.
struct Few(AtomicU32);

impl Steps for Few {
    fn step(&self, _: u64, _: u64) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) > 1
    }
}

fn check(mutant: &[u8]) -> bool {
    let blob = Blob::from(mutant.to_vec());
    // Each looks for all containers, which takes the most time.
    let seconds = if one_in(2, mutant) {
        audio_facts(&blob).map(|facts| facts.duration_s)
    } else {
        video_facts(&blob).map(|facts| facts.duration_s)
    };
    let odd = |seconds: &f64| !seconds.is_finite() || *seconds < 0.0;
    assert!(!seconds.iter().flatten().any(odd), "{seconds:?}");
    if one_in(16, mutant)
        && let Ok(Some(sound)) = sound(&blob, &Few(25.into()))
    {
        assert!(sound.peaks.len() <= 4096 && sound.tags.len() <= 64);
    }
    seconds.is_ok()
}
