//! Sound and film that other programs open: named here, with what their heads tell.

use super::head::{Film, Head, SoundTrack};
use super::ints::{be, le, pixels, seconds_of};
use crate::bytes::{Blob, sniff_head};
use crate::kinds::Kind;
use memchr::memmem;
use std::io;

/// Bytes in which a container names itself and what is in it.
const HEAD: u64 = 64 << 10;
/// Bytes of speech that are counted frame by frame.
const SPEECH: u64 = 16 << 20;

/// What the head tells of a format that is only named here; `None` for anything else.
pub(super) fn foreign_head(body: &Blob) -> io::Result<Option<Head>> {
    let head = body.slice(0..HEAD)?;
    let Some(sniffed) = sniff_head(&head, body.len()) else {
        return Ok(None);
    };
    Ok(match (sniffed.extension, sniffed.kind) {
        ("au", _) => Some(au(&head, body.len())),
        ("caf", _) => caf(body)?,
        ("amr", _) => amr(body)?,
        ("wmv" | "wma", _) => asf(&head),
        ("flv", _) => flv(&head, body)?,
        ("ogv", _) => theora(&head),
        ("mpg", _) => Some(mpeg(&head)),
        (format, Kind::Video) => Some(Head {
            film: Some(Film::default()),
            sound: Some(SoundTrack::default()),
            ..Head::named(format)
        }),
        (format, Kind::Audio) => Some(Head {
            sound: Some(SoundTrack::default()),
            ..Head::named(format)
        }),
        _ => None,
    })
}

fn sound(rate: u64, channels: u64, codec: Option<&str>) -> SoundTrack {
    SoundTrack {
        rate: pixels(Some(rate)),
        channels: u16::try_from(channels).ok().filter(|&count| count > 0),
        codec: codec.map(str::to_owned),
        duration_s: None,
    }
}

fn film(width: Option<u64>, height: Option<u64>, codec: Option<&str>) -> Film {
    Film {
        width: pixels(width),
        height: pixels(height),
        codec: codec.map(str::to_owned),
        duration_s: None,
    }
}

/// AU of Sun and NeXT.
fn au(head: &[u8], length: u64) -> Head {
    let [start, size, encoding, rate, channels] = [4, 8, 12, 16, 20].map(|at| be::<4>(head, at).unwrap_or(0));
    let bytes = match encoding {
        1 | 2 | 27 => 1,
        3 => 2,
        4 => 3,
        5 | 6 => 4,
        7 => 8,
        _ => 0,
    };
    let there = length.saturating_sub(start);
    let size = if size == 0 { there } else { size.min(there) };
    Head {
        duration_s: seconds_of(size, rate.saturating_mul(channels).saturating_mul(bytes)),
        sound: Some(sound(rate, channels, None)),
        ..Head::named("au")
    }
}

/// Apple's Core Audio.
fn caf(body: &Blob) -> io::Result<Option<Head>> {
    let (mut at, mut rate, mut packet, mut track, mut frames) = (8_u64, 0.0, (0, 0), None, None);
    loop {
        let head = body.slice(at..at.saturating_add(64))?;
        let Some(size) = be::<8>(&head, 4) else { break };
        let data = head.get(12..).unwrap_or_default();
        let there = body.len().saturating_sub(at + 12);
        match head.get(..4) {
            Some(b"desc") => {
                rate = be::<8>(data, 0).map_or(0.0, f64::from_bits);
                packet = (be::<4>(data, 16).unwrap_or(0), be::<4>(data, 20).unwrap_or(0));
                let code = String::from_utf8_lossy(data.get(8..12).unwrap_or_default())
                    .trim()
                    .to_owned();
                let codec = if code == "lpcm" { "pcm" } else { &code };
                track = Some(sound(rate as u64, be::<4>(data, 24).unwrap_or(0), Some(codec)));
            }
            Some(b"pakt") => frames = be::<8>(data, 8).filter(|&count| count > 0),
            // Its size is -1 where it goes to the end; four bytes count its edits.
            Some(b"data") if packet.0 > 0 => {
                let bytes = size.min(there).saturating_sub(4);
                frames = frames.or(Some((bytes / packet.0).saturating_mul(packet.1)));
            }
            _ => {}
        }
        at = at.saturating_add(12).saturating_add(size);
    }
    let seconds = frames.map(|frames| frames as f64 / rate);
    Ok(Some(Head {
        duration_s: seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0),
        sound: track.or(Some(SoundTrack::default())),
        ..Head::named("caf")
    }))
}

/// Speech of telephones: frames of 20 ms, whose first byte says how long they are.
fn amr(body: &Blob) -> io::Result<Option<Head>> {
    const NARROW: [u64; 16] = [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1];
    const WIDE: [u64; 16] = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1];
    let head = body.slice(0..9)?;
    let (start, sizes, rate) = if head.starts_with(b"#!AMR-WB\n") {
        (9, WIDE, 16_000)
    } else {
        (6, NARROW, 8_000)
    };
    let mut frames = 0;
    if let Some(bytes) = body.load(SPEECH)? {
        let mut at = start;
        while let Some(first) = bytes.get(at) {
            at += sizes[usize::from(first >> 3 & 15)] as usize;
            frames += u64::from(at <= bytes.len());
        }
    }
    Ok(Some(Head {
        duration_s: seconds_of(frames, 50),
        sound: Some(sound(rate, 1, None)),
        ..Head::named("amr")
    }))
}

/// Windows Media: the objects of the head are looked for by their identifiers.
fn asf(head: &[u8]) -> Option<Head> {
    const FILE: &[u8] = b"\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0\x0C\x20\x53\x65";
    const STREAM: &[u8] = b"\x91\x07\xDC\xB7\xB7\xA9\xCF\x11\x8E\xE6\x00\xC0\x0C\x20\x53\x65";
    const SOUND: &[u8] = b"\x40\x9E\x69\xF8\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";
    const FILM: &[u8] = b"\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";
    let mut found = Head::named("wmv");
    if let Some(at) = memmem::find(head, FILE) {
        let (ticks, before) = (le::<8>(head, at + 64), le::<8>(head, at + 80));
        let ticks = ticks?.saturating_sub(before?.saturating_mul(10_000));
        found.duration_s = seconds_of(ticks, 10_000_000);
    }
    for at in memmem::find_iter(head, STREAM) {
        let data = at + 24 + 54;
        match head.get(at + 24..at + 40) {
            Some(SOUND) => {
                let (rate, channels) = (le::<4>(head, data + 4), le::<2>(head, data + 2));
                found.sound = Some(sound(rate?, channels?, None));
            }
            Some(FILM) => {
                let code = head.get(data + 27..data + 31).map(String::from_utf8_lossy);
                let code = code.map(|code| code.trim_end_matches('\0').to_ascii_lowercase());
                found.film = Some(film(
                    le::<4>(head, data),
                    le::<4>(head, data + 4),
                    code.as_deref(),
                ));
            }
            _ => {}
        }
    }
    if found.film.is_none() && found.sound.is_some() {
        found.format = "wma";
    }
    Some(found)
}

/// Flash: what its first tag states; where that is missing, when the last tag stands.
fn flv(head: &[u8], body: &Blob) -> io::Result<Option<Head>> {
    let number = |key: &[u8]| {
        let key = [&[0, key.len() as u8], key, &[0]].concat();
        let at = memmem::find(head, &key)? + key.len();
        be::<8>(head, at)
            .map(f64::from_bits)
            .filter(|number| *number > 0.0)
    };
    let codec = number(b"videocodecid").and_then(|code| match code as u32 {
        2 => Some("h263"),
        4 | 5 => Some("vp6"),
        7 => Some("h264"),
        12 => Some("hevc"),
        _ => None,
    });
    let side = |key| number(key).map(|side| side as u64);
    let flags = head.get(4).copied().unwrap_or(0);
    let length = body.len();
    let tail = body.slice(length.saturating_sub(4)..length)?;
    let last = length
        .saturating_sub(be::<4>(&tail, 0).unwrap_or(0))
        .saturating_sub(4);
    let tag = body.slice(last..last + 11)?;
    let whole = matches!(tag.first(), Some(8 | 9 | 18)) && last > 9;
    let ticks = be::<3>(&tag, 4)
        .zip(be::<1>(&tag, 7))
        .map(|(low, high)| high << 24 | low);
    let until = ticks.filter(|_| whole).and_then(|ticks| seconds_of(ticks, 1000));
    Ok(Some(Head {
        duration_s: number(b"duration")
            .filter(|seconds| seconds.is_finite())
            .or(until),
        film: (flags & 1 != 0).then(|| film(side(b"width"), side(b"height"), codec)),
        sound: (flags & 4 != 0).then(SoundTrack::default),
        ..Head::named("flv")
    }))
}

/// Ogg with Theora, whose first page says how large the picture is.
fn theora(head: &[u8]) -> Option<Head> {
    let at = memmem::find(head, b"\x80theora")?;
    Some(Head {
        film: Some(film(
            be::<3>(head, at + 14),
            be::<3>(head, at + 17),
            Some("theora"),
        )),
        sound: ["\u{1}vorbis", "OpusHead", "Speex   "]
            .iter()
            .any(|mark| memmem::find(head, mark.as_bytes()).is_some())
            .then(SoundTrack::default),
        ..Head::named("ogv")
    })
}

/// MPEG-1 and 2, as a program stream or bare.
fn mpeg(head: &[u8]) -> Head {
    let sequence = memmem::find(head, b"\0\0\x01\xB3");
    let sides = sequence.and_then(|at| be::<3>(head, at + 4));
    Head {
        film: Some(film(
            sides.map(|sides| sides >> 12),
            sides.map(|sides| sides & 0xFFF),
            None,
        )),
        sound: Some(SoundTrack::default()),
        ..Head::named("mpg")
    }
}
