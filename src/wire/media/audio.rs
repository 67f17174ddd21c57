//! Sound: format, duration, rate and channels from the container's head. No codec runs.

use super::container::{look_into, seconds};
use super::error::MediaError;
use crate::wire::finding::Code;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::{FormatId, FormatReader, TrackType, well_known as formats};

/// What the head of a sound says; `None` where it does not say.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AudioFacts {
    pub format: &'static str,
    pub duration_s: Option<f64>,
    pub sample_rate_hz: Option<u32>,
    pub channels: Option<u16>,
}

/// Reads a sound's facts.
pub fn audio_facts(bytes: &[u8]) -> Result<AudioFacts, MediaError> {
    let invalid = |why: &str| {
        let message = format!("The bytes are no sound that can be read: {why}.");
        MediaError::new(Code::AudioInvalid, message)
    };
    look_into(without_id3(bytes), facts)
        .map_err(|why| invalid(&why))?
        .ok_or_else(|| invalid("they hold no sound track"))
}

fn facts(reader: &mut dyn FormatReader) -> Option<AudioFacts> {
    let format = format_name(reader.format_info().format);
    let whole = reader.media_info();
    let whole = seconds(whole.time_base, whole.duration);
    let track = reader.default_track(TrackType::Audio)?;
    let Some(CodecParameters::Audio(codec)) = &track.codec_params else {
        return None;
    };
    Some(AudioFacts {
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

/// The bytes after an ID3v2 tag (titles, covers), which may stand before any MPEG sound. Its length is four times
/// seven bits (id3.org, ID3v2.4 structure, 3.1).
fn without_id3(bytes: &[u8]) -> &[u8] {
    let Some(&[b'I', b'D', b'3', _, _, _, a, b, c, d]) = bytes.first_chunk::<10>() else {
        return bytes;
    };
    let length = [a, b, c, d]
        .iter()
        .fold(0, |length, byte| length << 7 | usize::from(byte & 0x7F));
    bytes.get(10 + length..).unwrap_or(bytes)
}
