//! What is known of images, audio and video without the feature `media`: their format, by the first bytes. Their
//! headers are not read, so nothing can be wrong with them.

use super::error::MediaError;
use super::facts::{AudioInfo, ImageInfo, VideoInfo};
use crate::bytes::{Blob, Sniffed, sniff, sniff_head};
use crate::kinds::Kind;
use std::io;

/// Bytes used to detect the format.
const HEAD: u64 = 4096;

/// The format of bytes that are shown as `kind`; `unknown` if they start like something else.
fn format(sniffed: Option<Sniffed>, kind: Kind) -> &'static str {
    let fitting = sniffed.filter(|sniffed| sniffed.kind == kind);
    let subtype = fitting.and_then(|sniffed| sniffed.media_type.split_once('/'));
    subtype.map_or("unknown", |(_, subtype)| {
        subtype.strip_prefix("x-").unwrap_or(subtype)
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the reader of images may fail")]
pub fn image_facts(bytes: &[u8]) -> Result<ImageInfo, MediaError> {
    Ok(ImageInfo {
        format: format(sniff(bytes), Kind::Image),
        ..ImageInfo::default()
    })
}

pub fn audio_facts(body: &Blob) -> Result<AudioInfo, MediaError> {
    Ok(AudioInfo {
        format: format(sniffed(body)?, Kind::Audio),
        ..AudioInfo::default()
    })
}

pub fn video_facts(body: &Blob) -> Result<VideoInfo, MediaError> {
    Ok(VideoInfo {
        format: format(sniffed(body)?, Kind::Video),
        ..VideoInfo::default()
    })
}

fn sniffed(body: &Blob) -> io::Result<Option<Sniffed>> {
    Ok(sniff_head(&body.slice(0..HEAD)?, body.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_known_by_the_first_bytes() {
        let png = include_bytes!("../../../assets/demo/evening.png");
        let facts = image_facts(png).unwrap();
        assert_eq!((facts.format, facts.width, facts.height), ("png", None, None));
        let chime = Blob::from(&include_bytes!("../../../assets/demo/chime.wav")[..]);
        assert_eq!(audio_facts(&chime).unwrap().format, "wav");
        let clip = Blob::from(&include_bytes!("../../../assets/demo/clip.mp4")[..]);
        assert_eq!(video_facts(&clip).unwrap().format, "mp4");
    }

    #[test]
    fn bytes_that_start_like_something_else_are_no_error() {
        assert_eq!(image_facts(b"no image").unwrap().format, "unknown");
        let png = Blob::from(&include_bytes!("../../../assets/demo/evening.png")[..]);
        assert_eq!(audio_facts(&png).unwrap().format, "unknown");
        assert_eq!(video_facts(&png).unwrap().format, "unknown");
    }
}
