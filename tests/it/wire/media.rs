//! Pictures, sound and film: the facts of real files, bombs, and hostile bytes.

use natsbridge_wire::{Code, Limits, audio_facts, decode_image, image_facts, video_facts};
use std::fs;
use std::path::Path;

fn demo(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets/demo")
            .join(name),
    )
    .unwrap()
}

const PICTURES: [(&str, &str, u32, u32); 6] = [
    ("evening.png", "png", 112, 80),
    ("rings.png", "png", 32, 32),
    ("turned.jpg", "jpeg", 48, 64),
    ("glow.gif", "gif", 48, 32),
    ("evening.webp", "webp", 72, 48),
    ("arrow.bmp", "bmp", 24, 32),
];
const SOUNDS: [(&str, &str, u32, u16); 7] = [
    ("chime.wav", "wav", 8000, 1),
    ("chime.mp3", "mp3", 44_100, 2),
    ("chime.flac", "flac", 8000, 1),
    ("chime.ogg", "ogg", 16_000, 1),
    ("chime.m4a", "m4a", 22_050, 1),
    ("chime.aac", "aac", 22_050, 1),
    ("chime.aiff", "aiff", 8000, 1),
];
const FILMS: [(&str, &str, &str); 5] = [
    ("clip.mp4", "mp4", "h264"),
    ("clip.mov", "mov", "h264"),
    ("clip.webm", "webm", "vp9"),
    ("clip.mkv", "mkv", "h264"),
    ("clip.avi", "avi", "mjpeg"),
];

#[test]
fn pictures_say_their_format_and_size() {
    for (name, format, width, height) in PICTURES {
        let facts = image_facts(&demo(name)).unwrap();
        assert_eq!(
            (facts.format, facts.width, facts.height),
            (format, Some(width), Some(height)),
            "{name}"
        );
        let picture = decode_image(&demo(name), &Limits::DEFAULT).unwrap();
        assert_eq!(picture.rgba.len(), (width * height * 4) as usize, "{name}");
    }
}

#[test]
fn orientation_is_applied() {
    let picture = decode_image(&demo("turned.jpg"), &Limits::DEFAULT).unwrap();
    assert_eq!((picture.width, picture.height), (48, 64));
    // The arrow points up: yellow at the tip, blue in the upper corners.
    let [red, green, blue, _] = picture.pixel(24, 12);
    assert!(red > 200 && green > 150 && blue < 120);
    let [red, _, blue, _] = picture.pixel(2, 4);
    assert!(red < 80 && blue > 90);
}

#[test]
fn sounds_say_their_rate_channels_and_duration() {
    for (name, format, rate, channels) in SOUNDS {
        let facts = audio_facts(&demo(name).into()).unwrap();
        assert_eq!(facts.format, format, "{name}");
        assert_eq!(
            (facts.sample_rate_hz, facts.channels),
            (Some(rate), Some(channels)),
            "{name}"
        );
        // ADTS has no head that says it; encoders pad the others by a frame or two.
        if let Some(duration) = facts.duration_s {
            assert!((0.95..1.2).contains(&duration), "{name}: {duration} s");
        }
        assert!(facts.duration_s.is_some() || format == "aac", "{name}");
    }
}

#[test]
fn a_tag_before_an_mp3_is_stepped_over() {
    let mut tagged = b"ID3\x04\0\0\0\0\x0f\x50".to_vec();
    tagged.extend(vec![0xFF; 15 * 128 + 0x50]);
    tagged.extend(demo("chime.mp3"));
    assert_eq!(
        audio_facts(&tagged.into()).unwrap(),
        audio_facts(&demo("chime.mp3").into()).unwrap()
    );
}

#[test]
fn films_say_their_size_codec_and_duration() {
    for (name, format, codec) in FILMS {
        let facts = video_facts(&demo(name).into()).unwrap();
        assert_eq!(
            (facts.format, facts.codec.as_deref()),
            (format, Some(codec)),
            "{name}"
        );
        assert_eq!((facts.width, facts.height), (Some(64), Some(48)), "{name}");
        let duration = facts.duration_s.unwrap();
        assert!((0.9..1.2).contains(&duration), "{name}: {duration} s");
    }
}

#[test]
fn other_bytes_are_refused_with_a_sentence() {
    for bytes in [&b""[..], b"hello", b"{\"a\":1}", &[0; 5000]] {
        assert_eq!(image_facts(bytes).unwrap_err().code, Code::ImageInvalid);
        assert_eq!(
            audio_facts(&bytes.to_vec().into()).unwrap_err().code,
            Code::AudioInvalid
        );
        let error = video_facts(&bytes.to_vec().into()).unwrap_err();
        assert_eq!(error.code, Code::VideoInvalid);
        assert!(error.to_string().ends_with('.'));
    }
}

#[test]
fn picture_bombs_are_refused_before_they_grow() {
    for (format, bomb) in bombs() {
        let error = decode_image(&bomb, &Limits::DEFAULT).unwrap_err();
        assert_eq!(error.code, Code::ImageLimit, "{format}: {error}");
    }
}

#[test]
fn truncated_pictures_are_refused() {
    for (name, ..) in PICTURES {
        let whole = demo(name);
        for end in [0, 10, 30, whole.len() / 3] {
            // Formats may show what came before the cut; they must not fail in any other way than by an error.
            if let Err(error) = decode_image(&whole[..end], &Limits::DEFAULT) {
                let codes = [Code::ImageInvalid, Code::ImageTruncated];
                assert!(codes.contains(&error.code), "{name} cut at {end}: {error}");
            }
        }
        assert!(decode_image(&whole[..20], &Limits::DEFAULT).is_err(), "{name}");
    }
}

#[test]
fn the_limits_decide() {
    let small = Limits {
        image_pixels: 100,
        ..Limits::DEFAULT
    };
    assert_eq!(
        decode_image(&demo("evening.png"), &small).unwrap_err().code,
        Code::ImageLimit
    );
    let narrow = Limits {
        image_side: 100,
        ..Limits::DEFAULT
    };
    assert_eq!(
        decode_image(&demo("evening.png"), &narrow).unwrap_err().code,
        Code::ImageLimit
    );
    let poor = Limits {
        image_alloc: 1000,
        ..Limits::DEFAULT
    };
    assert_eq!(
        decode_image(&demo("evening.png"), &poor).unwrap_err().code,
        Code::ImageLimit
    );
}

/// Heads that claim far more pixels than the limits allow, three for each format.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = Vec::new();
    for (width, height) in [(60_000, 60_000), (16_000, 16_000), (65_000, 8)] {
        all.push(("png", png_head(width, height)));
        all.push(("jpeg", jpeg_of(width as u16, height as u16)));
        all.push(("gif", patched("glow.gif", 6, &[width as u16, height as u16])));
        let mut bitmap = demo("arrow.bmp");
        bitmap[18..22].copy_from_slice(&width.to_le_bytes());
        bitmap[22..26].copy_from_slice(&height.to_le_bytes());
        all.push(("bmp", bitmap));
        all.push(("webp", webp_canvas(width, height)));
    }
    all.push(("webp", patched("evening.webp", 26, &[16_383, 16_383])));
    all
}

fn patched(name: &str, at: usize, words: &[u16]) -> Vec<u8> {
    let mut bytes = demo(name);
    for (n, word) in words.iter().enumerate() {
        bytes[at + 2 * n..at + 2 * n + 2].copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    bytes.extend(13_u32.to_be_bytes());
    bytes.extend(&header);
    bytes.extend(crc32(&header).to_be_bytes());
    bytes.extend(demo("evening.png").split_off(33));
    bytes
}

fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = demo("turned.jpg");
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn webp_canvas(width: u32, height: u32) -> Vec<u8> {
    let frame = demo("evening.webp").split_off(12);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((22 + frame.len() as u32).to_le_bytes());
    bytes.extend(b"WEBPVP8X\x0a\0\0\0\0\0\0\0");
    bytes.extend(&(width - 1).to_le_bytes()[..3]);
    bytes.extend(&(height - 1).to_le_bytes()[..3]);
    bytes.extend(frame);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// Row 19: at the limits themselves, and pictures that are small and inflate to a gigabyte, which take no longer.
#[cfg(target_os = "linux")]
#[test]
fn pictures_at_the_limits_take_little_more_than_their_pixels() {
    use crate::support::binary::{Folder, finish, own_name};
    use crate::support::real::{peer, python};
    use image::codecs::gif::GifEncoder;
    use image::{ExtendedColorType, ImageFormat, save_buffer_with_format};
    const CHILD: &str = "NATSBRIDGE_TEST_PICTURE";
    /// The largest square of 32 million pixels.
    const SIDE: u32 = 5656;
    if let Some(path) = std::env::var_os(CHILD) {
        decode_and_tell(Path::new(&path));
        return;
    }
    let folder = Folder::new();
    let pixels = vec![0; (SIDE * SIDE) as usize * 8];
    let file = |name: &str| folder.path().join(name);
    let formats = [
        ("rgb.png", ExtendedColorType::Rgb8, 3, ImageFormat::Png, true),
        ("deep.png", ExtendedColorType::Rgba16, 8, ImageFormat::Png, false),
        ("grey.jpeg", ExtendedColorType::L8, 1, ImageFormat::Jpeg, true),
        (
            "colours.jpeg",
            ExtendedColorType::Rgb8,
            3,
            ImageFormat::Jpeg,
            true,
        ),
        (
            "opacity.webp",
            ExtendedColorType::Rgba8,
            4,
            ImageFormat::WebP,
            false,
        ),
        ("plain.bmp", ExtendedColorType::Rgb8, 3, ImageFormat::Bmp, true),
    ];
    for (name, colour, bytes, format, _) in formats {
        let pixels = &pixels[..(SIDE * SIDE) as usize * bytes];
        save_buffer_with_format(file(name), pixels, SIDE, SIDE, colour, format).unwrap();
    }
    let mut gif = GifEncoder::new(std::fs::File::create(file("one.gif")).unwrap());
    gif.encode(
        &pixels[..(SIDE * SIDE) as usize * 4],
        SIDE,
        SIDE,
        ExtendedColorType::Rgba8,
    )
    .unwrap();
    drop((gif, pixels));
    let mut names = formats
        .map(|(name, .., decoded)| (name.to_owned(), decoded))
        .to_vec();
    names.push(("one.gif".to_owned(), false));
    if let Some(mut python) = python() {
        let line = [
            peer("hostile_pictures.py"),
            SIDE.to_string().into(),
            folder.path().to_owned(),
        ];
        let run = finish(python.args(line));
        assert_eq!(run.code, Some(0), "{run:?}");
        names.extend(run.out.split_whitespace().map(|name| (name.to_owned(), false)));
    }
    let mut longest = 0;
    for (name, decoded) in names {
        let test = own_name(
            module_path!(),
            "pictures_at_the_limits_take_little_more_than_their_pixels",
        );
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &test, "--nocapture"])
            .env(CHILD, file(&name))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let told = said.lines().find_map(|line| line.split_once("peak ")).unwrap().1;
        eprintln!("{name}: {told}");
        let (peak, told) = told.split_once(' ').unwrap();
        let (spent, told) = told.split_once(' ').unwrap();
        let spent: u64 = spent.parse().unwrap();
        assert!(peak.parse::<u64>().unwrap() <= 256, "{name}: {peak} MiB");
        assert!(told.contains("wide") || !decoded, "{name}: {told}");
        if name.starts_with("inflates") {
            assert!(
                spent <= longest,
                "{name}: {spent} ms, a picture at the limits {longest} ms"
            );
        } else {
            longest = longest.max(spent);
        }
    }
}

/// The time that the processors have spent on this process, in milliseconds.
#[cfg(target_os = "linux")]
fn cpu_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum()
}

/// Decodes a picture and prints what that took: memory in MiB, time in milliseconds.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "whoever started it reads that")]
fn decode_and_tell(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let before = cpu_time();
    let decoded = decode_image(&bytes, &Limits::DEFAULT);
    let spent = cpu_time() - before;
    let told = decoded.map_or_else(
        |error| error.to_string(),
        |picture| format!("{} wide", picture.width),
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.split_whitespace().next().unwrap().parse().unwrap();
    println!("peak {} {spent} {told}", peak / 1024);
}
