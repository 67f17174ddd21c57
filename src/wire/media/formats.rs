//! Formats of pictures: what each is called, who decodes it, how large its head says it is, and whether its end is there.
//! Pixels are decoded elsewhere.

use super::boxes::{Boxes, find};
use super::ints::{be, le, pixels};
use super::svg::svg_size;
use super::tiff::{tiff_end, tiff_size};
use crate::bytes::sniff_as;
use crate::kinds::Kind;
use image::ImageFormat;
use std::borrow::Cow;

/// Across and down.
type Size = (u32, u32);

/// One format.
pub(super) struct PictureFormat {
    pub name: &'static str,
    /// Who decodes it; `None` where it is only named.
    pub codec: Option<ImageFormat>,
    /// The size that its head tells, as it is seen.
    pub size: fn(&[u8]) -> Option<Size>,
    /// Whether the bytes end before the picture does, as far as that can be told without decoding.
    pub is_cut: fn(&[u8]) -> bool,
}

/// Every format that is more than named, by the usual ending of a file's name.
const FORMATS: &[(&str, PictureFormat)] = &[
    (
        "png",
        drawn(
            "png",
            ImageFormat::Png,
            |b| sides(be::<4>(b, 16), be::<4>(b, 20)),
            cut_png,
        ),
    ),
    ("jpg", drawn("jpeg", ImageFormat::Jpeg, |_| None, cut_jpeg)),
    (
        "gif",
        drawn(
            "gif",
            ImageFormat::Gif,
            |b| sides(le::<2>(b, 6), le::<2>(b, 8)),
            cut_gif,
        ),
    ),
    (
        "webp",
        drawn(
            "webp",
            ImageFormat::WebP,
            |_| None,
            |b| riff_end(b) > b.len() as u64,
        ),
    ),
    ("bmp", drawn("bmp", ImageFormat::Bmp, |_| None, cut_bmp)),
    ("ico", drawn("ico", ImageFormat::Ico, |_| None, cut_ico)),
    // Its decoder in `image` takes hundreds of megabytes for a few bytes, whatever the limits.
    ("tif", named("tiff", tiff_size, |b| tiff_end(b) > b.len() as u64)),
    (
        "tga",
        drawn(
            "tga",
            ImageFormat::Tga,
            |b| sides(le::<2>(b, 12), le::<2>(b, 14)),
            |b| tga_end(b) > b.len() as u64,
        ),
    ),
    (
        "pbm",
        drawn("pbm", ImageFormat::Pnm, |_| None, |b| pnm_end(b) > b.len() as u64),
    ),
    (
        "pgm",
        drawn("pgm", ImageFormat::Pnm, |_| None, |b| pnm_end(b) > b.len() as u64),
    ),
    (
        "ppm",
        drawn("ppm", ImageFormat::Pnm, |_| None, |b| pnm_end(b) > b.len() as u64),
    ),
    (
        "pam",
        drawn("pam", ImageFormat::Pnm, |_| None, |b| pnm_end(b) > b.len() as u64),
    ),
    ("avif", named("avif", heif_size, cut_boxes)),
    ("heic", named("heic", heif_size, cut_boxes)),
    (
        "jxl",
        named("jxl", jxl_size, |b| b.starts_with(b"\0\0\0\x0C") && cut_boxes(b)),
    ),
    ("jp2", named("jp2", jp2_size, cut_boxes)),
    ("svg", named("svg", svg_size, |_| false)),
    (
        "psd",
        named("psd", |b| sides(be::<4>(b, 18), be::<4>(b, 14)), |_| false),
    ),
    (
        "qoi",
        named("qoi", |b| sides(be::<4>(b, 4), be::<4>(b, 8)), |_| false),
    ),
    (
        "ff",
        named("farbfeld", |b| sides(be::<4>(b, 8), be::<4>(b, 12)), |_| false),
    ),
    ("hdr", named("hdr", hdr_size, |_| false)),
    ("exr", named("exr", exr_size, |_| false)),
    (
        "dds",
        named("dds", |b| sides(le::<4>(b, 16), le::<4>(b, 12)), |_| false),
    ),
];

const fn drawn(
    name: &'static str,
    codec: ImageFormat,
    size: fn(&[u8]) -> Option<Size>,
    is_cut: fn(&[u8]) -> bool,
) -> PictureFormat {
    PictureFormat {
        name,
        codec: Some(codec),
        size,
        is_cut,
    }
}

const fn named(
    name: &'static str,
    size: fn(&[u8]) -> Option<Size>,
    is_cut: fn(&[u8]) -> bool,
) -> PictureFormat {
    PictureFormat {
        name,
        codec: None,
        size,
        is_cut,
    }
}

/// The format of a picture; `None` if it is none.
pub(super) fn format_of(bytes: &[u8]) -> Option<PictureFormat> {
    let sniffed =
        sniff_as(Kind::Image, bytes, bytes.len() as u64).filter(|sniffed| sniffed.kind == Kind::Image)?;
    let known = FORMATS
        .iter()
        .find(|(extension, _)| *extension == sniffed.extension);
    Some(
        known.map_or(named(sniffed.extension, |_| None, |_| false), |(_, format)| {
            PictureFormat { ..*format }
        }),
    )
}

/// A picture as a decoder wants it. Some refuse one that is cut, unless what is missing is there as zeros; that of icons
/// refuses some PNG in them, which that of PNG takes.
pub(super) fn decodable(codec: ImageFormat, bytes: &[u8], most: u64) -> (ImageFormat, Cow<'_, [u8]>) {
    let end = match codec {
        ImageFormat::WebP => riff_end(bytes),
        ImageFormat::Pnm => pnm_end(bytes),
        ImageFormat::Tga => tga_end(bytes),
        ImageFormat::Ico => {
            let icon = largest_icon(bytes).filter(|icon| icon.starts_with(b"\x89PNG"));
            return icon.map_or((codec, bytes.into()), |icon| (ImageFormat::Png, icon.into()));
        }
        _ => 0,
    };
    if end <= bytes.len() as u64 || end > most {
        return (codec, bytes.into());
    }
    let mut filled = bytes.to_vec();
    filled.resize(end as usize, 0);
    (codec, filled.into())
}

/// The entries of an icon: how many pixels each has, and where it lies.
fn icons(bytes: &[u8]) -> impl Iterator<Item = (u64, u64, u64)> {
    let entries = bytes.get(6..).unwrap_or_default().chunks_exact(16);
    let entries = entries.take(le::<2>(bytes, 4).unwrap_or(0) as usize);
    entries.map(|entry| {
        // A side of 256 is written as 0.
        let side = |at: usize| u64::from(entry[at].wrapping_sub(1)) + 1;
        let field = |at| le::<4>(entry, at).unwrap_or(0);
        (side(0) * side(1), field(12), field(8))
    })
}

fn largest_icon(bytes: &[u8]) -> Option<&[u8]> {
    let (_, start, length) = icons(bytes).max_by_key(|(pixels, ..)| *pixels)?;
    bytes.get(start as usize..(start + length).min(bytes.len() as u64) as usize)
}

fn sides(width: Option<u64>, height: Option<u64>) -> Option<Size> {
    pixels(width).zip(pixels(height))
}

fn riff_end(bytes: &[u8]) -> u64 {
    le::<4>(bytes, 4).unwrap_or(0) + 8
}

/// Chunks up to the one that ends it.
fn cut_png(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some(length) = be::<4>(bytes, at) {
        let end = at + 12 + length as usize;
        if bytes.get(at + 4..at + 8) == Some(b"IEND") {
            return end > bytes.len();
        }
        at = end;
    }
    true
}

/// Segments, and behind the head of each scan its data, up to the mark that ends it.
fn cut_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some(mark) = memchr::memchr(0xFF, bytes.get(at..).unwrap_or_default()) else {
            return true;
        };
        at += mark + 1;
        match bytes.get(at) {
            None => return true,
            Some(0xD9) => return false,
            // Data, fill bytes and marks that stand alone.
            Some(0 | 1 | 0xFF | 0xD0..=0xD8) => {}
            Some(_) => at += 1 + be::<2>(bytes, at + 1).unwrap_or(u64::from(u16::MAX)) as usize,
        }
    }
}

/// Blocks up to the one that ends it.
fn cut_gif(bytes: &[u8]) -> bool {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 6 << (flags & 7) };
    let mut at = 13 + bytes.get(10).map_or(0, |&flags| table(flags));
    loop {
        at = match bytes.get(at) {
            None => return true,
            Some(0x21) => at + 2,
            Some(0x2C) => at + 11 + bytes.get(at + 9).map_or(0, |&flags| table(flags)),
            // The end, or what should not be there, which is no sign of a cut either.
            Some(_) => return false,
        };
        while let Some(&length) = bytes.get(at) {
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
}

/// Rows of pixels that are not compressed, or what the head says.
fn cut_bmp(bytes: &[u8]) -> bool {
    let field = |at| le::<4>(bytes, at).unwrap_or(0);
    let (width, height, depth) = (
        field(18),
        u64::from((field(22) as i32).unsigned_abs()),
        field(28) & 0xFFFF,
    );
    let plain = field(14) >= 40 && matches!(field(30), 0 | 3);
    let row = (width.saturating_mul(depth).saturating_add(31) / 32).saturating_mul(4);
    let end = if plain {
        field(10).saturating_add(row.saturating_mul(height))
    } else {
        field(2)
    };
    end > bytes.len() as u64
}

fn cut_ico(bytes: &[u8]) -> bool {
    icons(bytes).any(|(_, start, length)| start + length > bytes.len() as u64)
}

/// The end of a Netpbm picture whose pixels are bytes, as its head tells it; 0 where they are digits.
fn pnm_end(bytes: &[u8]) -> u64 {
    let end = if bytes.starts_with(b"P7") {
        arbitrary_map_end(bytes)
    } else {
        bitmap_end(bytes)
    };
    end.unwrap_or(0)
}

fn bitmap_end(bytes: &[u8]) -> Option<u64> {
    let channels = match bytes.get(1)? {
        b'4' => 0,
        b'5' => 1,
        b'6' => 3,
        _ => return None,
    };
    let mut at = 2;
    let mut number = || {
        loop {
            match bytes.get(at)? {
                b'#' => at += memchr::memchr(b'\n', bytes.get(at..)?)?,
                byte if byte.is_ascii_whitespace() => at += 1,
                _ => break,
            }
        }
        let digits = bytes
            .get(at..)?
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let number = std::str::from_utf8(bytes.get(at..at + digits)?)
            .ok()?
            .parse()
            .ok();
        at += digits;
        number
    };
    let (width, height): (u64, u64) = (number()?, number()?);
    let row = match channels {
        0 => width.div_ceil(8),
        _ => width.checked_mul(channels * if number()? > 255 { 2 } else { 1 })?,
    };
    row.checked_mul(height)?.checked_add(at as u64 + 1)
}

fn arbitrary_map_end(bytes: &[u8]) -> Option<u64> {
    const END: &[u8] = b"ENDHDR\n";
    let start = memchr::memmem::find(bytes.get(..bytes.len().min(4096))?, END)? + END.len();
    let head = std::str::from_utf8(&bytes[..start]).ok()?;
    let field = |name: &str| -> Option<u64> {
        let line = head.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse().ok()
    };
    let wide = if field("MAXVAL ")? > 255 { 2 } else { 1 };
    let row = field("WIDTH ")?
        .checked_mul(field("DEPTH ")?)?
        .checked_mul(wide)?;
    row.checked_mul(field("HEIGHT ")?)?.checked_add(start as u64)
}

/// The end of pixels that are not compressed; 0 where they are.
fn tga_end(bytes: &[u8]) -> u64 {
    let field = |at| le::<2>(bytes, at).unwrap_or(0);
    let byte = |at: usize| u64::from(bytes.get(at).copied().unwrap_or(0));
    let map = byte(1) * field(5) * byte(7).div_ceil(8);
    let end = 18 + byte(0) + map + field(12) * field(14) * byte(16).div_ceil(8);
    if byte(2) < 4 { end } else { 0 }
}

fn cut_boxes(bytes: &[u8]) -> bool {
    Boxes(bytes).any(|it| it.cut)
}

/// The largest picture in the file: a picture may stand there in tiles, and smaller once more.
fn heif_size(bytes: &[u8]) -> Option<Size> {
    let meta = find(bytes, *b"meta")?.get(4..)?;
    let properties = find(find(meta, *b"iprp")?, *b"ipco")?;
    let sizes = Boxes(properties).filter(|it| it.name == *b"ispe");
    let sizes = sizes.filter_map(|it| sides(be::<4>(it.data, 4), be::<4>(it.data, 8)));
    let (width, height) = sizes.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))?;
    let turned = find(properties, *b"irot")
        .and_then(<[u8]>::first)
        .is_some_and(|turns| turns % 2 == 1);
    Some(if turned { (height, width) } else { (width, height) })
}

/// Radiance: the line behind the head says how the rows are written, as `-Y 90 +X 160`.
fn hdr_size(bytes: &[u8]) -> Option<Size> {
    let end = memchr::memmem::find(bytes, b"\n\n")? + 2;
    let line = bytes.get(end..)?.split(|&byte| byte == b'\n').next()?;
    let words: Vec<&str> = std::str::from_utf8(line).ok()?.split(' ').collect();
    let [first, rows, _, columns] = words[..] else {
        return None;
    };
    let (rows, columns) = (rows.parse().ok(), columns.parse().ok());
    if first.ends_with('Y') {
        sides(columns, rows)
    } else {
        sides(rows, columns)
    }
}

/// OpenEXR: the corners of its window.
fn exr_size(bytes: &[u8]) -> Option<Size> {
    const NAME: &[u8] = b"dataWindow\0box2i\0";
    let at = memchr::memmem::find(bytes, NAME)? + NAME.len() + 4;
    let corner = |n: usize| le::<4>(bytes, at + 4 * n).map(|corner| i64::from(corner as i32));
    let side = |from, to| u64::try_from(corner(to)? - corner(from)? + 1).ok();
    sides(side(0, 2), side(1, 3))
}

fn jp2_size(bytes: &[u8]) -> Option<Size> {
    let header = find(find(bytes, *b"jp2h")?, *b"ihdr")?;
    sides(be::<4>(header, 4), be::<4>(header, 0))
}

/// JPEG XL, bare or in boxes; its numbers have as many bits as they need.
fn jxl_size(bytes: &[u8]) -> Option<Size> {
    let part = || find(bytes, *b"jxlp").and_then(|data| data.get(4..));
    let code = if bytes.starts_with(b"\xFF\x0A") {
        bytes
    } else {
        find(bytes, *b"jxlc").or_else(part)?
    };
    let mut at = 16;
    let mut bits = |count: usize| {
        let bit = |at: usize| Some(u64::from(code.get(at / 8)? >> (at % 8) & 1));
        let number = (0..count).try_fold(0, |number, n| Some(number | bit(at + n)? << n));
        at += count;
        number
    };
    let side = |small: bool, bits: &mut dyn FnMut(usize) -> Option<u64>| {
        if small {
            return Some((bits(5)? + 1) * 8);
        }
        let width = [9, 13, 18, 30][bits(2)? as usize];
        Some(bits(width)? + 1)
    };
    let small = bits(1)? == 1;
    let height = side(small, &mut bits)?;
    let width = match bits(3)? {
        0 => side(small, &mut bits)?,
        ratio => {
            let (over, under) =
                [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)][ratio as usize - 1];
            height * over / under
        }
    };
    // How it is turned stands in what follows, unless all of that is as usual.
    let turned = bits(1)? == 0 && bits(1)? == 1 && bits(3)? >= 4;
    if turned {
        sides(Some(height), Some(width))
    } else {
        sides(Some(width), Some(height))
    }
}
