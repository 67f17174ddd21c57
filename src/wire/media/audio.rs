//! Audio: format, duration, sample rate and channels from the container's head. No codec runs.

use super::boxes::{is_iso, iso_head};
use super::container::{ContainerError, look_into, seconds};
use super::ebml::{ebml_head, is_ebml};
use super::error::MediaError;
use super::facts::AudioInfo;
use super::foreign::foreign_head;
use super::head::{Head, SoundTrack};
use super::wav::Wav;
use crate::bytes::Blob;
use crate::findings::Code;
use std::io;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::formats::{FormatId, FormatReader, TrackType, well_known as formats};
use symphonia::core::units::Duration;

/// Bytes that are read through for a length that no head tells.
const COUNTED: u64 = 64 << 20;

/// Reads audio facts, and only what the container needs of the bytes.
pub fn audio_facts(body: &Blob) -> Result<AudioInfo, MediaError> {
    let head = match container(body)? {
        Some(head) => Ok(head),
        None => library(body, foreign_head(body)?)?,
    };
    let audio = head.and_then(|head| {
        head.audio()
            .ok_or(ContainerError::Lacking("there is no audio track"))
    });
    audio.map_err(|why| {
        let message = format!("The data is not audio that can be read: {why}.");
        MediaError::new(Code::AudioInvalid, message)
    })
}

/// What the library tells, where it knows the format.
fn library(body: &Blob, named: Option<Head>) -> io::Result<Result<Head, ContainerError>> {
    let named = match named {
        Some(named)
            if !["mp2", "mp3", "aac", "flac", "aiff", "wav", "ogg", "opus"].contains(&named.format) =>
        {
            return Ok(Ok(named));
        }
        named => named.filter(|named| ["mp2", "ogg", "opus"].contains(&named.format)),
    };
    let tag = id3_length(&body.slice(0..10)?);
    let source = body.reader_from(if tag <= body.len() { tag } else { 0 });
    let read = look_into(source, |reader| facts(reader, body.len()));
    Ok(match named {
        // Of these it does not know all.
        Some(named) => read.or(Ok(named)),
        None => read,
    })
}

/// What the head of a container tells that is read here, not by the library.
fn container(body: &Blob) -> io::Result<Option<Head>> {
    let head = body.slice(0..16)?;
    if is_iso(&head) {
        return iso_head(body);
    }
    if is_ebml(&head) {
        return ebml_head(body);
    }
    Ok(Wav::read(body)?.map(|wav| wav.head()))
}

fn facts(reader: &mut dyn FormatReader, bytes: u64) -> Result<Head, ContainerError> {
    let format = format_name(reader.format_info().format);
    let whole = reader.media_info();
    let whole = seconds(whole.time_base, whole.duration);
    let track = reader.default_track(TrackType::Audio);
    let Some((track, CodecParameters::Audio(codec))) =
        track.and_then(|track| Some((track, track.codec_params.as_ref()?)))
    else {
        return Err(ContainerError::Lacking("there is no audio track"));
    };
    let (id, base) = (track.id, track.time_base);
    let stated = seconds(base, track.duration)
        .or(whole)
        .filter(|seconds| *seconds > 0.0);
    let sound = SoundTrack {
        rate: codec.sample_rate,
        channels: (codec.channels.as_ref()).and_then(|channels| channels.count().try_into().ok()),
        ..SoundTrack::default()
    };
    let counted = || seconds(base, (bytes <= COUNTED).then(|| counted(reader, id)).flatten());
    Ok(Head {
        format,
        duration_s: stated.or_else(counted),
        sound: Some(sound),
        ..Head::default()
    })
}

/// How long all packets of a track last together.
fn counted(reader: &mut dyn FormatReader, track: u32) -> Option<Duration> {
    let mut ticks = 0_u64;
    while let Ok(Some(packet)) = reader.next_packet() {
        if packet.track_id == track {
            ticks = ticks.saturating_add(packet.dur.get());
        }
    }
    (ticks > 0).then(|| Duration::new(ticks))
}

fn format_name(format: FormatId) -> &'static str {
    match format {
        formats::FORMAT_ID_WAVE => "wav",
        formats::FORMAT_ID_AIFF => "aiff",
        formats::FORMAT_ID_MP1 | formats::FORMAT_ID_MP2 | formats::FORMAT_ID_MP3 => "mp3",
        formats::FORMAT_ID_ADTS => "aac",
        formats::FORMAT_ID_OGG => "ogg",
        formats::FORMAT_ID_FLAC => "flac",
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
