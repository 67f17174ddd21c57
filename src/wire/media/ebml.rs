//! Matroska and WebM: elements, and what those of the head tell. Blocks are counted only where no length is stated, as in
//! what browsers record.

use super::head::{Film, Head, SoundTrack};
use super::ints::{be, pixels};
use crate::bytes::Blob;
use std::io;

/// Elements looked at; a live recording without a length has two for each block.
const ELEMENTS: usize = 1 << 20;
/// Bytes of one element that are looked into.
const MOST: u64 = 16 << 20;

const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_A966;
const TRACKS: u64 = 0x1654_AE6B;
const CLUSTER: u64 = 0x1F43_B675;
const BLOCK_GROUP: u64 = 0xA0;

/// Whether the bytes start like such a file.
pub(super) fn is_ebml(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1A, 0x45, 0xDF, 0xA3])
}

/// What the head tells; `None` if there are no tracks.
pub(super) fn ebml_head(body: &Blob) -> io::Result<Option<Head>> {
    let mut film = Recording::default();
    let mut at = 0;
    for _ in 0..ELEMENTS {
        let Some((id, head, length)) = element_head(&body.slice(at..at + 12)?) else {
            break;
        };
        let inside = at + head as u64;
        let end = length.map_or(body.len(), |length| inside.saturating_add(length).min(body.len()));
        let data = || body.slice(inside..end.min(inside + MOST));
        let timed = film.stated.is_some();
        at = match id {
            // What is in them is looked at, one after the other; clusters may have no length.
            SEGMENT | BLOCK_GROUP => inside,
            CLUSTER if !timed => inside,
            CLUSTER if !film.tracks.is_empty() => break,
            _ => end,
        };
        match id {
            0x1A45_DFA3 => film.webm = elements(&data()?).any(|(id, data)| id == 0x4282 && data == b"webm"),
            INFO => film.info(&data()?),
            TRACKS => film.tracks.extend(tracks(&data()?)),
            0xE7 => film.cluster = uint(&data()?),
            0xA3 | 0xA1 if !timed => film.block(&body.slice(inside..inside + 12)?),
            0x9B => film.lasts(uint(&data()?)),
            _ => {}
        }
    }
    Ok((!film.tracks.is_empty()).then(|| film.head()))
}

/// What a file tells.
#[derive(Default)]
struct Recording {
    webm: bool,
    /// Nanoseconds of a tick, where that is stated.
    scale: Option<u64>,
    /// The length in ticks.
    stated: Option<f64>,
    tracks: Vec<Track>,
    /// When the cluster begins.
    cluster: u64,
    /// The track of the last block.
    last: usize,
}

#[derive(Default)]
struct Track {
    number: u64,
    kind: u64,
    codec: String,
    /// Nanoseconds of each frame, where that is stated.
    each: Option<u64>,
    film: Film,
    sound: SoundTrack,
    /// When its first block begins, and its last; how many there are.
    first: Option<i64>,
    end: i64,
    blocks: i64,
    /// Ticks that its last block lasts, where that is stated.
    lasts: Option<u64>,
}

impl Recording {
    fn info(&mut self, data: &[u8]) {
        for (id, data) in elements(data) {
            match id {
                0x2A_D7B1 => self.scale = Some(uint(data)).filter(|&scale| scale > 0),
                0x4489 => self.stated = float(data).filter(|ticks| *ticks > 0.0),
                _ => {}
            }
        }
    }

    fn block(&mut self, data: &[u8]) {
        let Some((number, width)) = variable(data) else {
            return;
        };
        let found = self.tracks.iter().position(|track| track.number == number);
        let (Some(index), Some(ticks)) = (found, be::<2>(data, width)) else {
            return;
        };
        let at = (self.cluster as i64).saturating_add(i64::from(ticks as u16 as i16));
        self.last = index;
        let track = &mut self.tracks[index];
        track.first.get_or_insert(at);
        track.end = track.end.max(at);
        track.blocks += 1;
        track.lasts = None;
    }

    fn lasts(&mut self, ticks: u64) {
        if let Some(track) = self.tracks.get_mut(self.last) {
            track.lasts = Some(ticks);
        }
    }

    fn head(self) -> Head {
        let nanos = self.scale.unwrap_or(1_000_000) as f64;
        let ends = self.tracks.iter().filter_map(|track| track.end(nanos));
        let ticks = self.stated.or(ends.reduce(f64::max));
        let seconds = ticks.map(|ticks| ticks * nanos / 1e9);
        let (mut film, mut sound) = (None, None);
        for track in self.tracks {
            let codec = track.codec_name();
            match track.kind {
                1 if film.is_none() => film = Some(Film { codec, ..track.film }),
                2 if sound.is_none() => {
                    sound = Some(SoundTrack { codec, ..track.sound });
                }
                _ => {}
            }
        }
        Head {
            format: match (self.webm, film.is_some()) {
                (true, _) => "webm",
                (false, true) => "mkv",
                (false, false) => "mka",
            },
            duration_s: seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0),
            film,
            sound,
            foreign: false,
        }
    }
}

impl Track {
    /// The tick at which its last block ends: one frame after it begins.
    fn end(&self, nanos: f64) -> Option<f64> {
        let first = self.first?;
        let between = self.end.saturating_sub(first) as f64 / (self.blocks - 1).max(1) as f64;
        let stated = self.each.map(|each| each as f64 / nanos);
        let lasts = self.lasts.map(|ticks| ticks as f64).or(stated);
        Some(self.end as f64 + lasts.unwrap_or(between))
    }

    /// The usual name of its codec, else the end of what it calls it.
    fn codec_name(&self) -> Option<String> {
        let code = self.codec.as_str();
        let name = match code {
            "V_MPEG4/ISO/AVC" => "h264",
            "V_MPEGH/ISO/HEVC" => "hevc",
            "V_MPEGI/ISO/VVC" => "vvc",
            "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/SP" => "mpeg4",
            "A_MPEG/L3" => "mp3",
            _ if code.starts_with("A_AAC") => "aac",
            _ if code.starts_with("A_PCM") => "pcm",
            _ => code.get(2..).unwrap_or_default(),
        };
        (!name.is_empty()).then(|| name.to_ascii_lowercase())
    }
}

fn tracks(data: &[u8]) -> impl Iterator<Item = Track> {
    elements(data)
        .filter(|(id, _)| *id == 0xAE)
        .map(|(_, data)| track(data))
}

fn track(data: &[u8]) -> Track {
    let mut track = Track::default();
    track.sound.channels = Some(1);
    for (id, data) in elements(data) {
        match id {
            0xD7 => track.number = uint(data),
            0x83 => track.kind = uint(data),
            0x86 => {
                let name = String::from_utf8_lossy(data);
                name.trim_end_matches('\0').clone_into(&mut track.codec);
            }
            0x23_E383 => track.each = Some(uint(data)),
            0xE0 => {
                let side = |wanted| elements(data).find(|(id, _)| *id == wanted);
                track.film.width = pixels(side(0xB0).map(|(_, data)| uint(data)));
                track.film.height = pixels(side(0xBA).map(|(_, data)| uint(data)));
            }
            0xE1 => {
                for (id, data) in elements(data) {
                    match id {
                        0xB5 => track.sound.rate = float(data).map(|rate| rate as u32),
                        0x9F => track.sound.channels = u16::try_from(uint(data)).ok(),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    track
}

/// The elements that stand in these bytes, as far as there are bytes.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let (id, head, length) = element_head(bytes)?;
        let rest = bytes.get(head..)?;
        let length = length.map_or(rest.len(), |length| {
            usize::try_from(length).unwrap_or(usize::MAX).min(rest.len())
        });
        let (data, after) = rest.split_at(length);
        bytes = after;
        Some((id, data))
    })
}

/// An element's id, the bytes of its head, and its length where that is known.
fn element_head(bytes: &[u8]) -> Option<(u64, usize, Option<u64>)> {
    let width = bytes.first()?.leading_zeros() as usize + 1;
    let id = bytes.get(..width).filter(|_| width <= 4)?;
    let id = id.iter().fold(0, |id, byte| id << 8 | u64::from(*byte));
    let (length, more) = variable(bytes.get(width..)?)?;
    let unknown = length == (1 << (7 * more)) - 1;
    Some((id, width + more, (!unknown).then_some(length)))
}

/// A number of variable width, without its mark, and its width.
fn variable(bytes: &[u8]) -> Option<(u64, usize)> {
    let width = bytes.first()?.leading_zeros() as usize + 1;
    let number = bytes.get(..width).filter(|_| width <= 8)?;
    let number = number
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    Some((number & ((1 << (7 * width)) - 1), width))
}

fn uint(data: &[u8]) -> u64 {
    data.iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn float(data: &[u8]) -> Option<f64> {
    match data.len() {
        4 => Some(f32::from_bits(be::<4>(data, 0)? as u32).into()),
        8 => Some(f64::from_bits(be::<8>(data, 0)?)),
        _ => None,
    }
}
