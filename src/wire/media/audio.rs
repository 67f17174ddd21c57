//! Audio: format, duration, sample rate and channels from the container's header. No codec runs.

use super::container::{ContainerError, look_into, seconds};
use super::error::MediaError;
use super::facts::AudioInfo;
use crate::bytes::Blob;
use crate::findings::Code;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::{FormatId, FormatReader, TrackType, well_known as formats};

/// Reads audio facts, and only what the container needs of the bytes.
pub fn audio_facts(body: &Blob) -> Result<AudioInfo, MediaError> {
    let tag = id3_length(&body.slice(0..10)?);
    let source = body.reader_from(if tag <= body.len() { tag } else { 0 });
    look_into(source, facts).map_err(|why| {
        let message = format!("The data is not audio that can be read: {why}.");
        MediaError::new(Code::AudioInvalid, message)
    })
}

fn facts(reader: &mut dyn FormatReader) -> Result<AudioInfo, ContainerError> {
    let format = format_name(reader.format_info().format);
    let whole = reader.media_info();
    let whole = seconds(whole.time_base, whole.duration);
    let track = reader.default_track(TrackType::Audio);
    let Some((track, CodecParameters::Audio(codec))) =
        track.and_then(|track| Some((track, track.codec_params.as_ref()?)))
    else {
        return Err(ContainerError::Lacking("there is no audio track"));
    };
    Ok(AudioInfo {
        format,
        duration_s: seconds(track.time_base, track.duration).or(whole),
        sample_rate_hz: codec.sample_rate,
        channels: (codec.channels.as_ref()).and_then(|channels| channels.count().try_into().ok()),
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
