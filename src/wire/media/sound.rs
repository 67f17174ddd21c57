//! Audio waveform and tags: peaks over time, and metadata. Decodes everything, so it is slow.

use super::container::{ContainerError, look_into};
use super::error::MediaError;
use super::wav::Wav;
use crate::bounds::Steps;
use crate::bytes::Blob;
use crate::findings::Code;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::ReadOnlySource;

/// Maximum number of parts with separate peaks.
const PARTS: usize = 4096;
/// Tags that are listed.
const TAGS: usize = 64;

/// A waveform with tags.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sound {
    /// Minimum and maximum sample of each part of the time, over all channels, in -1 to 1.
    pub peaks: Vec<(f32, f32)>,
    /// Frames in each part but the last.
    pub each: usize,
    in_last: usize,
    /// Titles, artists and the like, as the file names them.
    pub tags: Vec<(String, String)>,
    /// Packets that could not be decoded.
    pub damaged: usize,
}

impl Sound {
    fn push(&mut self, low: f32, high: f32) {
        match self.peaks.last_mut() {
            Some(part) if self.in_last < self.each => {
                *part = (part.0.min(low), part.1.max(high));
                self.in_last += 1;
            }
            _ => {
                if self.peaks.len() == PARTS {
                    let joined = self.peaks.chunks(2).map(|pair| {
                        let (first, last) = (pair[0], pair[pair.len() - 1]);
                        (first.0.min(last.0), first.1.max(last.1))
                    });
                    self.peaks = joined.collect();
                    self.each *= 2;
                }
                self.peaks.push((low, high));
                self.in_last = 1;
            }
        }
    }
}

/// Decodes audio; `None` if cancelled.
pub fn sound(body: &Blob, steps: &dyn Steps) -> Result<Option<Sound>, MediaError> {
    let look = |reader: &mut dyn FormatReader| decode(reader, body.len(), steps);
    let decoded = match Wav::read(body)? {
        Some(wav) => look_into(ReadOnlySource::new(wav.mended(body)), look),
        None => look_into(body.reader(), look),
    };
    decoded.map_err(|why| MediaError::new(Code::AudioInvalid, format!("The audio cannot be decoded: {why}.")))
}

fn decode(
    reader: &mut dyn FormatReader,
    bytes: u64,
    steps: &dyn Steps,
) -> Result<Option<Sound>, ContainerError> {
    let mut sound = Sound {
        each: 1,
        tags: tags(reader),
        ..Sound::default()
    };
    let track = reader
        .default_track(TrackType::Audio)
        .ok_or(ContainerError::Lacking("it has no audio track"))?;
    let id = track.id;
    let Some(CodecParameters::Audio(codec)) = &track.codec_params else {
        return Err(ContainerError::Lacking("it does not name its codec"));
    };
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(codec, &AudioDecoderOptions::default())?;
    let (mut samples, mut read) = (Vec::<f32>::new(), 0);
    // The end of the file may be reported as an error: what was decoded until then counts.
    while let Ok(Some(packet)) = reader.next_packet() {
        read += packet.data.len() as u64;
        if !steps.step(read, bytes) {
            return Ok(None);
        }
        if packet.track_id != id {
            continue;
        }
        let Ok(decoded) = decoder.decode(&packet) else {
            sound.damaged += 1;
            continue;
        };
        let channels = decoded.num_planes().max(1);
        samples.clear();
        decoded.copy_to_vec_interleaved(&mut samples);
        for frame in samples.chunks(channels) {
            let low = frame.iter().copied().fold(f32::INFINITY, f32::min);
            let high = frame.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            sound.push(low, high);
        }
    }
    if sound.peaks.is_empty() {
        return Err(ContainerError::Lacking("no part of it could be decoded"));
    }
    Ok(Some(sound))
}

/// What all its tags say, in their order.
fn tags(reader: &mut dyn FormatReader) -> Vec<(String, String)> {
    let mut metadata = reader.metadata();
    let mut found: Vec<(String, String)> = Vec::new();
    loop {
        let tags = metadata
            .current()
            .map_or(&[][..], |revision| &revision.media.tags);
        let named = tags
            .iter()
            .map(|tag| (tag.raw.key.clone(), tag.raw.value.to_string()));
        found.extend(named.take(TAGS - found.len()));
        if metadata.pop().is_none() {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Unwatched;

    /// A WAV file of one channel at 8 kHz with 16 bits.
    fn wav(samples: &[i16]) -> Vec<u8> {
        let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + data.len() as u32).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend(8000_u32.to_le_bytes());
        bytes.extend(16000_u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0");
        bytes.extend(b"data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn peaks_are_those_of_the_sound() {
        let loud = |i: usize| if i.is_multiple_of(2) { 16384 } else { -16384 };
        let samples: Vec<i16> = (0..20_000)
            .map(|i| if i < 10_000 { 0 } else { loud(i) })
            .collect();
        let body = bytes::Bytes::from(wav(&samples)).into();
        let sound = sound(&body, &Unwatched).unwrap().unwrap();
        assert!(
            sound.peaks.len() <= PARTS && sound.each == 8,
            "{} {}",
            sound.peaks.len(),
            sound.each
        );
        assert_eq!(sound.peaks[0], (0.0, 0.0));
        assert_eq!(sound.peaks[sound.peaks.len() - 2], (-0.5, 0.5));
        assert_eq!(sound.damaged, 0);
    }

    #[test]
    fn tags_are_read_from_before_the_sound() {
        let frame = b"TIT2\0\0\0\x07\0\0\x03Grapes";
        let mut bytes = b"ID3\x04\0\0\0\0\0".to_vec();
        bytes.push(frame.len() as u8);
        bytes.extend(frame);
        bytes.extend(include_bytes!("../../../assets/demo/chime.mp3"));
        let sound = sound(&bytes::Bytes::from(bytes).into(), &Unwatched)
            .unwrap()
            .unwrap();
        let title = ("TIT2".to_owned(), "Grapes".to_owned());
        assert!(sound.tags.contains(&title), "{:?}", sound.tags);
    }

    /// Gives up at once.
    struct Never;

    impl Steps for Never {
        fn step(&self, _done: u64, _total: u64) -> bool {
            false
        }
    }

    #[test]
    fn what_is_no_sound_and_what_is_given_up() {
        let body = bytes::Bytes::from_static(b"no sound at all").into();
        assert!(sound(&body, &Unwatched).is_err());
        let body = bytes::Bytes::from(wav(&[1; 5000])).into();
        assert_eq!(sound(&body, &Never).unwrap(), None);
    }
}
