//! Audio: format, duration, sample rate and channels from the container's header. No codec runs.

use super::container::{look_into, seconds};
use super::error::MediaError;
use super::facts::AudioInfo;
use crate::bytes::Blob;
use crate::findings::Code;
use std::io::Cursor;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::{FormatId, FormatReader, TrackType, well_known as formats};
use symphonia::core::io::MediaSource;

/// Reads audio facts.
pub fn audio_facts(bytes: &[u8]) -> Result<AudioInfo, MediaError> {
    let sound = usize::try_from(id3_length(bytes))
        .ok()
        .and_then(|tag| bytes.get(tag..));
    read(Cursor::new(sound.unwrap_or(bytes)))
}

/// Like [`audio_facts`], reading only what the container needs.
pub fn audio_blob_facts(body: &Blob) -> Result<AudioInfo, MediaError> {
    let tag = body.slice(0..10).map(|head| id3_length(&head));
    let tag = tag.map_err(|error| MediaError::unreadable(&error))?;
    read(body.reader_from(if tag <= body.len() { tag } else { 0 }))
}

fn read(source: impl MediaSource) -> Result<AudioInfo, MediaError> {
    let invalid = |why: &str| {
        let message = format!("The data is not audio that can be read: {why}.");
        MediaError::new(Code::AudioInvalid, message)
    };
    look_into(source, facts)
        .map_err(|why| invalid(&why))?
        .ok_or_else(|| invalid("there is no audio track"))
}

fn facts(reader: &mut dyn FormatReader) -> Option<AudioInfo> {
    let format = format_name(reader.format_info().format);
    let whole = reader.media_info();
    let whole = seconds(whole.time_base, whole.duration);
    let track = reader.default_track(TrackType::Audio)?;
    let Some(CodecParameters::Audio(codec)) = &track.codec_params else {
        return None;
    };
    Some(AudioInfo {
        format,
        duration_s: seconds(track.time_base, track.duration).or(whole),
        sample_rate_hz: codec.sample_rate,
        channels: codec
            .channels
            .as_ref()
            .and_then(|channels| u16::try_from(channels.count()).ok()),
    })
}

fn format_name(format: FormatId) -> &'static str {
    match format {
        formats::FORMAT_ID_WAVE => "wav",
        formats::FORMAT_ID_AIFF => "aiff",
        formats::FORMAT_ID_MP1 | formats::FORMAT_ID_MP2 | formats::FORMAT_ID_MP3 => "mp3",
        formats::FORMAT_ID_ADTS => "aac",
        formats::FORMAT_ID_OGG => "ogg",
        formats::FORMAT_ID_FLAC => "flac",
        formats::FORMAT_ID_ISOMP4 => "m4a",
        formats::FORMAT_ID_MKV => "mka",
        _ => "sound",
    }
}

/// Bytes of an ID3v2 tag (titles, covers), which may stand before any MPEG sound. Its length is four times seven bits
/// (id3.org, ID3v2.4 structure, 3.1).
fn id3_length(head: &[u8]) -> u64 {
    let Some(&[b'I', b'D', b'3', _, _, _, a, b, c, d]) = head.first_chunk::<10>() else {
        return 0;
    };
    let length = [a, b, c, d]
        .iter()
        .fold(0, |length, byte| length << 7 | u64::from(byte & 0x7F));
    10 + length
}
