//! ISO base media files (MP4, MOV, M4A, 3GP, and the pictures HEIC and AVIF): their boxes, and what those of the head
//! tell. Samples are counted, never read.

use super::head::{Film, Head, SoundTrack};
use super::ints::{be, pixels, seconds_of};
use crate::bytes::Blob;
use std::io;

/// Bytes of one box that are looked into.
const MOST: u64 = 64 << 20;
/// Boxes beside each other that are looked at.
const BOXES: usize = 1 << 18;

/// One box: its name and what is in it, as far as there are bytes.
pub(super) struct IsoBox<'a> {
    pub name: [u8; 4],
    pub data: &'a [u8],
    /// Whether the bytes end before it does.
    pub cut: bool,
}

/// The boxes that stand in these bytes, one after the other.
pub(super) struct Boxes<'a>(pub &'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = IsoBox<'a>;

    fn next(&mut self) -> Option<IsoBox<'a>> {
        let (name, head, length) = box_head(self.0, self.0.len() as u64)?;
        let there = length.min(self.0.len() as u64) as usize;
        let (whole, rest) = self.0.split_at(there);
        self.0 = rest;
        Some(IsoBox {
            name,
            data: whole.get(head..).unwrap_or_default(),
            cut: length > there as u64,
        })
    }
}

/// A box's name, the bytes of its head, and its length with it; `left` is how many bytes there are from its start on.
fn box_head(bytes: &[u8], left: u64) -> Option<([u8; 4], usize, u64)> {
    let name = *bytes.get(4..)?.first_chunk()?;
    let (head, length) = match be::<4>(bytes, 0)? {
        0 => (8, left),
        1 => (16, be::<8>(bytes, 8)?),
        length => (8, length),
    };
    (length >= head as u64).then_some((name, head, length))
}

/// The first box of that name.
pub(super) fn find(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    Boxes(bytes).find(|it| it.name == name).map(|it| it.data)
}

/// Whether the bytes start like such a file. Old QuickTime files have no brand at the start.
pub(super) fn is_iso(bytes: &[u8]) -> bool {
    matches!(
        bytes.get(4..8),
        Some(b"ftyp" | b"styp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip")
    )
}

/// What the head tells; `None` if there is none.
pub(super) fn iso_head(body: &Blob) -> io::Result<Option<Head>> {
    let (mut at, mut format, mut movie) = (0, "mov", None::<Movie>);
    for _ in 0..BOXES {
        let Some((name, head, length)) = box_head(&body.slice(at..at + 16)?, body.len() - at) else {
            break;
        };
        let end = at.saturating_add(length).min(body.len());
        let data = || body.slice(at + head as u64..end.min(at + MOST));
        match &name {
            b"ftyp" => format = brand(&data()?),
            b"styp" => format = "mp4",
            b"moov" => movie = Some(Movie::read(&data()?)),
            b"moof" => {
                if let Some(movie) = &mut movie {
                    movie.fragment(&data()?);
                }
            }
            _ => {}
        }
        at = end;
    }
    // One that tells neither its clock nor its tracks was cut to nothing.
    let movie = movie.filter(|movie| movie.scale > 0 || !movie.tracks.is_empty());
    Ok(movie.map(|movie| movie.head(format)))
}

fn brand(data: &[u8]) -> &'static str {
    match data.get(..3) {
        Some(b"qt ") => "mov",
        Some(b"M4A" | b"M4B") => "m4a",
        Some(b"3gp" | b"3g2") => "3gp",
        _ => "mp4",
    }
}

/// What a movie box tells, and what its fragments add.
#[derive(Default)]
struct Movie {
    scale: u64,
    duration: Option<u64>,
    tracks: Vec<Track>,
    fragmented: bool,
}

#[derive(Default)]
struct Track {
    id: u64,
    scale: u64,
    duration: Option<u64>,
    /// Ticks of all its samples.
    samples: u64,
    /// Ticks of each sample of a fragment that does not say it.
    each: u64,
    turned: bool,
    handler: [u8; 4],
    codec: [u8; 4],
    entry: Vec<u8>,
}

impl Movie {
    fn read(data: &[u8]) -> Self {
        let mut movie = Self::default();
        let mut each = Vec::new();
        for it in Boxes(data) {
            match &it.name {
                b"mvhd" => (movie.scale, movie.duration) = clock(it.data),
                b"trak" => movie.tracks.push(track(it.data)),
                b"mvex" => {
                    let defaults = Boxes(it.data).filter(|it| it.name == *b"trex");
                    each.extend(defaults.filter_map(|it| be::<4>(it.data, 4).zip(be::<4>(it.data, 12))));
                }
                _ => {}
            }
        }
        for track in &mut movie.tracks {
            track.each = each
                .iter()
                .find(|(id, _)| *id == track.id)
                .map_or(0, |(_, each)| *each);
        }
        movie
    }

    fn fragment(&mut self, data: &[u8]) {
        for part in Boxes(data).filter(|it| it.name == *b"traf") {
            let Some(head) = find(part.data, *b"tfhd") else {
                continue;
            };
            let (flags, id) = (be::<3>(head, 1).unwrap_or(0), be::<4>(head, 4));
            let Some(track) = self.tracks.iter_mut().find(|track| Some(track.id) == id) else {
                continue;
            };
            let at = 8 + if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
            let each = (flags & 8 != 0).then(|| be::<4>(head, at)).flatten();
            let runs = Boxes(part.data).filter(|it| it.name == *b"trun");
            let ticks = runs.map(|run| run_ticks(run.data, each.unwrap_or(track.each)));
            track.samples = ticks.fold(track.samples, u64::saturating_add);
            self.fragmented = true;
        }
    }

    fn head(self, format: &'static str) -> Head {
        let sums = self.tracks.iter();
        let sums = sums.filter_map(|track| seconds_of(track.samples, track.scale));
        let stated = self.tracks.iter();
        let stated = stated.filter_map(|track| seconds_of(track.duration?, track.scale));
        let whole = self.duration.and_then(|ticks| seconds_of(ticks, self.scale));
        let (sums, stated) = (sums.reduce(f64::max), stated.reduce(f64::max));
        let first = |handler: &[u8; 4]| self.tracks.iter().find(|track| track.handler == *handler);
        // Tracks of fragments begin and end at times of their own.
        let own = |track: &Track| seconds_of(track.samples, track.scale).filter(|_| self.fragmented);
        Head {
            format,
            duration_s: if self.fragmented {
                sums
            } else {
                whole.or(stated).or(sums)
            },
            film: first(b"vide").map(|track| Film {
                duration_s: own(track),
                ..track.film()
            }),
            sound: first(b"soun").map(|track| SoundTrack {
                duration_s: own(track),
                ..track.sound()
            }),
            foreign: false,
        }
    }
}

impl Track {
    fn film(&self) -> Film {
        let sides = (pixels(be::<2>(&self.entry, 24)), pixels(be::<2>(&self.entry, 26)));
        let (width, height) = if self.turned { (sides.1, sides.0) } else { sides };
        let codec = match &self.codec {
            b"avc1" | b"avc2" | b"avc3" | b"avc4" => "h264",
            b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "hevc",
            b"vvc1" | b"vvi1" => "vvc",
            b"av01" => "av1",
            b"vp08" => "vp8",
            b"vp09" => "vp9",
            b"mp4v" => "mpeg4",
            b"s263" | b"h263" => "h263",
            b"jpeg" | b"mjpa" | b"mjpb" => "mjpeg",
            _ => "",
        };
        Film {
            width,
            height,
            codec: self.codec_name(codec),
            duration_s: None,
        }
    }

    fn sound(&self) -> SoundTrack {
        let rate = pixels(be::<2>(&self.entry, 24)).or(pixels(Some(self.scale)));
        let codec = match &self.codec {
            b"mp4a" => "aac",
            b"Opus" => "opus",
            b"fLaC" => "flac",
            b"ac-3" => "ac3",
            b"ec-3" => "eac3",
            b"samr" => "amr",
            b"sawb" => "amr-wb",
            b".mp3" => "mp3",
            b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"in24" | b"raw " => "pcm",
            _ => "",
        };
        SoundTrack {
            rate,
            channels: be::<2>(&self.entry, 16)
                .map(|count| count as u16)
                .filter(|&count| count > 0),
            codec: self.codec_name(codec),
            duration_s: None,
        }
    }

    /// The usual name of its codec, else the code itself.
    fn codec_name(&self, usual: &str) -> Option<String> {
        let code = String::from_utf8_lossy(&self.codec);
        let name = if usual.is_empty() { code.trim() } else { usual };
        (!name.is_empty() && name.chars().all(|c| c.is_ascii_graphic())).then(|| name.to_ascii_lowercase())
    }
}

fn track(data: &[u8]) -> Track {
    let mut track = Track::default();
    if let Some(head) = find(data, *b"tkhd") {
        let long = head.first() == Some(&1);
        track.id = be::<4>(head, if long { 20 } else { 12 }).unwrap_or(0);
        let matrix = if long { 52 } else { 40 };
        let part = |at: usize| be::<4>(head, matrix + at);
        track.turned = part(0) == Some(0) && part(16) == Some(0) && part(4).is_some_and(|it| it != 0);
    }
    let media = find(data, *b"mdia").unwrap_or_default();
    if let Some(head) = find(media, *b"mdhd") {
        (track.scale, track.duration) = clock(head);
    }
    let handler = find(media, *b"hdlr").and_then(|data| data.get(8..)?.first_chunk());
    track.handler = handler.copied().unwrap_or_default();
    let tables = find(media, *b"minf").and_then(|data| find(data, *b"stbl"));
    let tables = tables.unwrap_or_default();
    if let Some(entry) = find(tables, *b"stsd").and_then(|data| Boxes(data.get(8..)?).next()) {
        track.codec = entry.name;
        // Of an encrypted track the format that it had before.
        let parts = entry.data.get(if track.handler == *b"vide" { 78 } else { 28 }..);
        let before = find(parts.unwrap_or_default(), *b"sinf").and_then(|data| find(data, *b"frma"));
        if let Some(name) = before.and_then(|name| name.first_chunk()) {
            track.codec = *name;
        }
        track.entry = entry.data.iter().take(64).copied().collect();
    }
    let times = find(tables, *b"stts").and_then(|data| data.get(8..));
    for pair in times.unwrap_or_default().chunks_exact(8) {
        let (count, each) = (be::<4>(pair, 0), be::<4>(pair, 4));
        let ticks = count.unwrap_or(0).saturating_mul(each.unwrap_or(0));
        track.samples = track.samples.saturating_add(ticks);
    }
    track
}

/// Ticks of a second and of the whole, as `mvhd` and `mdhd` tell them: zero and all ones are "unknown".
fn clock(data: &[u8]) -> (u64, Option<u64>) {
    let (scale, ticks, unknown) = match data.first() {
        Some(1) => (be::<4>(data, 20), be::<8>(data, 24), u64::MAX),
        _ => (be::<4>(data, 12), be::<4>(data, 16), u64::from(u32::MAX)),
    };
    let ticks = ticks.filter(|&ticks| ticks != 0 && ticks != unknown);
    (scale.unwrap_or(0), ticks)
}

/// Ticks of the samples of a run.
fn run_ticks(data: &[u8], each: u64) -> u64 {
    let (flags, count) = (be::<3>(data, 1).unwrap_or(0), be::<4>(data, 4).unwrap_or(0));
    if flags & 0x100 == 0 {
        return count.saturating_mul(each);
    }
    let start = 8 + [1, 4].iter().filter(|&&bit| flags & bit != 0).count() * 4;
    let row = [0x100, 0x200, 0x400, 0x800].iter();
    let row = row.filter(|&&bit| flags & bit != 0).count() * 4;
    let rows = data.get(start..).unwrap_or_default().chunks_exact(row);
    let ticks = rows.take(count as usize).filter_map(|row| be::<4>(row, 0));
    ticks.fold(0, u64::saturating_add)
}
