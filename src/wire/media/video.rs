//! Video: container, duration, frame size and codec from the header. No codec runs.

use super::container::{ContainerError, look_into, seconds};
use super::error::MediaError;
use super::facts::VideoInfo;
use super::riff::avi_head;
use crate::bytes::Blob;
use crate::findings::Code;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::video::{VideoCodecId, well_known as codecs};
use symphonia::core::formats::{FormatReader, TrackType};

/// Bytes in which an AVI's head stands and a container names itself.
const HEAD: u64 = 1 << 20;

/// Reads video facts, and no more of the bytes than the container asks for.
pub fn video_facts(body: &Blob) -> Result<VideoInfo, MediaError> {
    let head = body.slice(0..HEAD)?;
    if let Some(info) = avi_head(&head) {
        return Ok(info);
    }
    let format = container_name(&head).ok_or(ContainerError::Lacking(
        "it starts like no known container format",
    ));
    let read = format.and_then(|format| look_into(body.reader(), |reader| Ok(facts(format, reader))));
    read.map_err(|why| {
        let message = format!("The data is not video that can be read: {why}.");
        MediaError::new(Code::VideoInvalid, message)
    })
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
