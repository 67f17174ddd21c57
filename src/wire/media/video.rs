//! Video: container, duration, frame size and codec from the header. No codec runs.

use super::container::{look_into, seconds};
use super::error::MediaError;
use super::facts::VideoInfo;
use super::riff::{AviHead, avi_head};
use crate::bytes::Blob;
use crate::findings::Code;
use std::io::Cursor;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::video::{VideoCodecId, well_known as codecs};
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::MediaSource;

/// Bytes in which an AVI's head stands and a container names itself.
const HEAD: u64 = 1 << 20;

/// Reads video facts.
pub fn video_facts(bytes: &[u8]) -> Result<VideoInfo, MediaError> {
    read(bytes, Cursor::new(bytes))
}

/// As [`video_facts`], reading no more than the container asks for.
pub fn video_blob_facts(body: &Blob) -> Result<VideoInfo, MediaError> {
    let head = body
        .slice(0..HEAD)
        .map_err(|error| MediaError::unreadable(&error))?;
    read(&head, body.reader())
}

/// `head` is the start of what `source` gives.
fn read(head: &[u8], source: impl MediaSource) -> Result<VideoInfo, MediaError> {
    if let Some(head) = avi_head(head) {
        return Ok(from_avi(&head));
    }
    let invalid = |why: &str| {
        let message = format!("The data is not video that can be read: {why}.");
        MediaError::new(Code::VideoInvalid, message)
    };
    let format = container_name(head).ok_or_else(|| invalid("it starts like no known container format"))?;
    look_into(source, |reader| facts(format, reader)).map_err(|why| invalid(&why))
}

/// The container by its first bytes: an ISO base media brand, or the document type of an EBML head.
fn container_name(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
        let head = bytes.get(..64).unwrap_or(bytes);
        return Some(if memchr::memmem::find(head, b"webm").is_some() {
            "webm"
        } else {
            "mkv"
        });
    }
    match bytes.get(4..8)? {
        b"ftyp" if bytes.get(8..12) == Some(b"qt  ") => Some("mov"),
        b"ftyp" | b"styp" => Some("mp4"),
        // Old QuickTime files have no brand at the start.
        b"moov" | b"mdat" | b"wide" => Some("mov"),
        _ => None,
    }
}

fn facts(format: &'static str, reader: &mut dyn FormatReader) -> VideoInfo {
    let whole = reader.media_info();
    let whole = seconds(whole.time_base, whole.duration);
    let track = reader.first_track(TrackType::Video);
    let codec = track.and_then(|track| match &track.codec_params {
        Some(CodecParameters::Video(codec)) => Some(codec),
        _ => None,
    });
    VideoInfo {
        format,
        duration_s: track
            .and_then(|track| seconds(track.time_base, track.duration))
            .or(whole),
        width: codec.and_then(|codec| codec.width).map(u32::from),
        height: codec.and_then(|codec| codec.height).map(u32::from),
        codec: codec.and_then(|codec| codec_name(codec.codec)).map(str::to_owned),
    }
}

fn codec_name(codec: VideoCodecId) -> Option<&'static str> {
    Some(match codec {
        codecs::CODEC_ID_H264 => "h264",
        codecs::CODEC_ID_HEVC => "hevc",
        codecs::CODEC_ID_VVC => "vvc",
        codecs::CODEC_ID_AV1 => "av1",
        codecs::CODEC_ID_VP8 => "vp8",
        codecs::CODEC_ID_VP9 => "vp9",
        codecs::CODEC_ID_MPEG1 => "mpeg1",
        codecs::CODEC_ID_MPEG2 => "mpeg2",
        codecs::CODEC_ID_MPEG4 => "mpeg4",
        codecs::CODEC_ID_MJPEG => "mjpeg",
        codecs::CODEC_ID_THEORA => "theora",
        codecs::CODEC_ID_H263 => "h263",
        codecs::CODEC_ID_VC1 => "vc1",
        _ => return None,
    })
}

fn from_avi(head: &AviHead) -> VideoInfo {
    VideoInfo {
        format: "avi",
        duration_s: head.duration_s,
        width: head.width,
        height: head.height,
        codec: head.codec.map(avi_codec),
    }
}

/// The usual name behind a code of four characters, else the code itself.
fn avi_codec(code: [u8; 4]) -> String {
    let code = String::from_utf8_lossy(&code).to_ascii_lowercase();
    match code.as_str() {
        "\0\0\0\0" => "raw",
        "mjpg" => "mjpeg",
        "h264" | "x264" | "avc1" => "h264",
        "xvid" | "divx" | "dx50" | "fmp4" | "mp4v" => "mpeg4",
        other => other.trim_end_matches(['\0', ' ']),
    }
    .to_owned()
}
