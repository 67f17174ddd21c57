//! Files of the field: pictures that are not drawn here, halves of pictures, sound and film whose heads do not tell their
//! length. What is drawn stands in the integration tests.

use super::{audio_facts, decode_frames, decode_image, image_facts, sound, video_facts};
use crate::bounds::{Limits, Unwatched};
use crate::bytes::Blob;
use crate::decode::decode_blob;
use crate::findings::{Code, Severity};
use crate::kinds::Kind;

macro_rules! field {
    ($name:literal) => {
        &include_bytes!(concat!("../../../tests/fixtures/field/", $name))[..]
    };
}

/// The codes that are told of bytes as a kind.
fn told(kind: Kind, bytes: &[u8]) -> Vec<Code> {
    let mut findings = Vec::new();
    let decoded = decode_blob(kind, &bytes.to_vec().into(), &Limits::DEFAULT, &mut findings);
    let codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    assert!(decoded.is_ok() || !codes.is_empty());
    codes
}

#[test]
fn pictures_that_are_not_drawn_are_named_with_their_size_and_a_note() {
    for (bytes, format, size) in [
        (field!("x.avif"), "avif", Some((80, 40))),
        (field!("x.svg"), "svg", Some((10, 10))),
        (field!("media/p.jxl"), "jxl", Some((32, 24))),
        (field!("media/p.jp2"), "jp2", Some((32, 24))),
        (field!("media/p.tiff"), "tiff", Some((32, 24))),
        (
            b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x18\0\0\0\x20\0\x08\0\x03",
            "psd",
            Some((32, 24)),
        ),
        (b"qoif\0\0\0\x20\0\0\0\x18\x03\0", "qoi", Some((32, 24))),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic", None),
        (
            b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x0djxlc\xFF\x0A\x09\x05\x40",
            "jxl",
            Some((60, 40)),
        ),
    ] {
        let facts = image_facts(bytes).unwrap();
        assert_eq!((facts.format, facts.width.zip(facts.height)), (format, size));
        assert_eq!(told(Kind::Image, bytes), [Code::MediaNotShown], "{format}");
        let error = decode_image(bytes, &Limits::DEFAULT).unwrap_err();
        assert_eq!(error.code, Code::MediaNotShown);
    }
    assert_eq!(Code::MediaNotShown.severity(), Severity::Note);
}

#[test]
fn vector_pictures_tell_their_size_in_every_way() {
    for (svg, size) in [
        ("<svg width='40' height='30'/>", Some((40, 30))),
        ("<svg viewBox='0 0 40 30'/>", Some((40, 30))),
        ("<svg width='80' viewBox=\"0,0,40,30\"/>", Some((80, 60))),
        (
            "<svg width='100%' height='100%' viewBox='0 0 4 3'/>",
            Some((4, 3)),
        ),
        ("<svg width='1in' height='2.54cm'/>", Some((96, 96))),
        (
            "\u{feff}<?xml version='1.0'?><!-- <svg> --><!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg:svg width='5px' height='6px'/>",
            Some((5, 6)),
        ),
        ("<svg stroke-width='3'/>", None),
    ] {
        let facts = image_facts(svg.as_bytes()).unwrap();
        assert_eq!(
            (facts.format, facts.width.zip(facts.height)),
            ("svg", size),
            "{svg}"
        );
    }
    for text in [
        "<html><svg width='1' height='1'/></html>",
        "svg",
        "<svgx/>",
        "<!--",
    ] {
        assert_eq!(
            image_facts(text.as_bytes()).unwrap_err().code,
            Code::ImageInvalid,
            "{text}"
        );
    }
}

#[test]
fn icons_and_simple_bitmaps_are_drawn() {
    for (bytes, format, width, height) in [
        (field!("x.ico"), "ico", 32, 16),
        (field!("media/p.tga"), "tga", 32, 24),
        (field!("media/p.ppm"), "ppm", 32, 24),
        (b"P2 2 1 9 0 9", "pgm", 2, 1),
    ] {
        let facts = image_facts(bytes).unwrap();
        assert_eq!(
            (facts.format, facts.width, facts.height),
            (format, Some(width), Some(height))
        );
        let picture = decode_image(bytes, &Limits::DEFAULT).unwrap();
        assert_eq!((picture.width, picture.height), (width, height), "{format}");
        assert_eq!(told(Kind::Image, bytes), [], "{format}");
    }
}

#[test]
fn a_picture_cut_in_half_is_told_and_its_part_is_drawn() {
    let demo = |name: &str| {
        std::fs::read(format!("{}/../../assets/demo/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    assert_eq!(told(Kind::Image, field!("half.jpg")), [Code::ImageTruncated]);
    for (name, bytes) in [
        ("jpeg", field!("half.jpg").to_vec()),
        ("png", demo("evening.png")),
        ("gif", demo("glow.gif")),
        ("webp", demo("evening.webp")),
        ("bmp", demo("arrow.bmp")),
        ("jpeg", demo("turned.jpg")),
        ("ppm", field!("media/p.ppm").to_vec()),
    ] {
        let whole = name == "jpeg" && *bytes == *field!("half.jpg");
        assert_eq!(image_facts(&bytes).unwrap().cut, whole, "{name}");
        for part in [bytes.len() / 2, bytes.len() * 9 / 10] {
            let half = &bytes[..part];
            assert!(image_facts(half).unwrap().cut, "{name}");
            assert_eq!(told(Kind::Image, half), [Code::ImageTruncated], "{name}");
            let picture = decode_image(half, &Limits::DEFAULT).unwrap();
            assert!(picture.rgba.iter().any(|&byte| byte != 0), "{name}");
        }
    }
}

/// It is not drawn, and told all the same, wherever its directory is.
#[test]
fn a_tiff_cut_in_half_is_told() {
    for bytes in [field!("media/strips.tiff"), field!("media/p.tiff")] {
        assert!(!image_facts(bytes).unwrap().cut);
        for part in [bytes.len() / 2, bytes.len() * 9 / 10] {
            assert!(image_facts(&bytes[..part]).unwrap().cut);
            assert!(told(Kind::Image, &bytes[..part]).contains(&Code::ImageTruncated));
        }
    }
}

#[test]
fn the_frames_of_an_animated_png_are_pictures_each() {
    let frames = decode_frames(field!("apng.png"), &Limits::DEFAULT).unwrap();
    assert_eq!((frames.pictures.len(), frames.more), (3, false));
}

#[test]
fn sound_of_pipes_and_recorders_has_its_real_length() {
    let wav = field!("stream_0.wav");
    let sized = |riff: u32, data: u32| {
        let mut bytes = wav.to_vec();
        bytes[4..8].copy_from_slice(&riff.to_le_bytes());
        bytes[40..44].copy_from_slice(&data.to_le_bytes());
        bytes
    };
    let mut long = b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1c\0\0\0".to_vec();
    long.extend([0; 8]);
    long.extend(16_000_u64.to_le_bytes());
    long.extend([0; 12]);
    long.extend(&sized(0, u32::MAX)[12..]);
    for bytes in [
        field!("riff_short.wav").to_vec(),
        wav.to_vec(),
        sized(u32::MAX, u32::MAX),
        sized(0x7FFF_FFFF, 0x7FFF_FFFF),
        sized(3, 0x8000_0000),
        long,
    ] {
        let body = Blob::from(bytes);
        let facts = audio_facts(&body).unwrap();
        assert_eq!((facts.duration_s, facts.sample_rate_hz), (Some(1.0), Some(8000)));
        let sound = sound(&body, &Unwatched).unwrap().unwrap();
        assert_eq!(sound.peaks.len() * sound.each, 8000);
    }
}

#[test]
fn sound_and_film_say_their_real_length_and_codec() {
    for (bytes, kind, length, codec) in [
        (field!("frag.mp4"), Kind::Video, Some(2.0), Some("h264")),
        (field!("hevc.mp4"), Kind::Video, Some(2.0), Some("hevc")),
        (field!("dur_ff.mp4"), Kind::Video, None, Some("h264")),
        (field!("media/av1_opus.webm"), Kind::Video, Some(1.0), Some("av1")),
        (
            field!("media/av1_opus.webm"),
            Kind::Audio,
            Some(1.0),
            Some("opus"),
        ),
        (field!("media/live.webm"), Kind::Video, Some(1.0), Some("vp8")),
        (field!("media/opus.webm"), Kind::Audio, Some(1.0), Some("opus")),
        (field!("media/pipe.flac"), Kind::Audio, Some(1.0), None),
        (field!("a.amr"), Kind::Audio, Some(2.0), None),
        (field!("media/a.au"), Kind::Audio, Some(1.0), None),
        (field!("media/a.caf"), Kind::Audio, Some(1.0), Some("ulaw")),
        (field!("media/a.wma"), Kind::Audio, Some(1.0), None),
        (field!("x.flv"), Kind::Video, Some(2.0), Some("h263")),
        (field!("media/v.ogv"), Kind::Video, None, Some("theora")),
        (field!("media/v.mpg"), Kind::Video, None, None),
        (field!("media/v.ts"), Kind::Video, None, None),
        (field!("media/v.wmv"), Kind::Video, Some(1.0), Some("wmv2")),
    ] {
        let body = Blob::from(bytes.to_vec());
        let (found, name) = if kind == Kind::Audio {
            let facts = audio_facts(&body).unwrap();
            (facts.duration_s, facts.codec)
        } else {
            let facts = video_facts(&body).unwrap();
            (facts.duration_s, facts.codec)
        };
        let near = found
            .zip(length)
            .is_none_or(|(found, length)| (found - length).abs() < 0.25);
        assert!(
            near && found.is_some() == length.is_some(),
            "{found:?} {length:?} {codec:?}"
        );
        assert_eq!(name.as_deref(), codec);
    }
}

#[test]
fn film_and_sound_of_other_programs_are_named_with_a_note() {
    for (bytes, kind, format) in [
        (field!("x.flv"), Kind::Video, "flv"),
        (field!("media/v.ogv"), Kind::Video, "ogv"),
        (field!("media/v.mpg"), Kind::Video, "mpg"),
        (field!("media/v.ts"), Kind::Video, "ts"),
        (field!("media/v.wmv"), Kind::Video, "wmv"),
    ] {
        assert_eq!(told(kind, bytes), [Code::MediaNotShown], "{format}");
        let facts = video_facts(&bytes.to_vec().into()).unwrap();
        assert_eq!(facts.format, format);
        assert!(facts.width.is_some() || format == "ts", "{format}");
    }
    for (bytes, format) in [
        (field!("a.amr"), "amr"),
        (field!("media/a.au"), "au"),
        (field!("media/a.caf"), "caf"),
        (field!("media/a.wma"), "wma"),
    ] {
        assert_eq!(told(Kind::Audio, bytes), [Code::MediaNotShown], "{format}");
        let facts = audio_facts(&bytes.to_vec().into()).unwrap();
        assert_eq!((facts.format, facts.sample_rate_hz), (format, Some(8000)));
    }
    for bytes in [field!("hevc.mp4"), field!("media/live.webm")] {
        assert_eq!(told(Kind::Video, bytes), []);
    }
}

#[test]
fn a_turned_film_has_the_size_that_is_seen() {
    let facts = video_facts(&field!("rot90.mp4").to_vec().into()).unwrap();
    assert_eq!((facts.width, facts.height), (Some(360), Some(640)));
}
