//! WAV, also as pipes and recorders leave it: with sizes of zero, of all ones, or too small, and RF64. The length is that
//! of the sound that is there.

use super::head::{Head, SoundTrack};
use super::ints::{le, pixels, seconds_of};
use crate::bytes::Blob;
use std::io::{self, Cursor, Read};
use std::ops::Range;

/// Bytes before which the sound begins.
const HEAD: u64 = 1 << 20;

/// What stands where in a WAV file.
#[derive(Debug, PartialEq)]
pub(super) struct Wav {
    /// The chunk that says how the sound is written.
    format: Vec<u8>,
    /// Where the sound is.
    data: Range<u64>,
    /// Samples of each channel, as compressed sound states them.
    samples: Option<u64>,
}

impl Wav {
    /// Reads the head; `None` for anything else.
    pub fn read(body: &Blob) -> io::Result<Option<Self>> {
        let head = body.slice(0..HEAD)?;
        let is_wav =
            matches!(head.get(..4), Some(b"RIFF" | b"RF64" | b"BW64")) && head.get(8..12) == Some(b"WAVE");
        if !is_wav {
            return Ok(None);
        }
        let (mut format, mut samples, mut long) = (Vec::new(), None, None);
        let mut at = 12;
        while let (Some(name), Some(size)) = (head.get(at..at + 4), le::<4>(&head, at + 4)) {
            let data = at + 8;
            match name {
                b"fmt " => format = head.get(data..data + size as usize).unwrap_or_default().to_vec(),
                b"fact" => samples = le::<4>(&head, data).filter(|&count| count > 0 && count < 0x7FFF_FFFF),
                b"ds64" => long = le::<8>(&head, data + 8),
                b"data" => {
                    let start = data as u64;
                    let there = body.len().saturating_sub(start);
                    let stated = match (size, long) {
                        (0xFFFF_FFFF, Some(long)) => long,
                        _ => size,
                    };
                    // Who writes to a pipe cannot come back to write the size.
                    let real = if stated == 0 { there } else { stated.min(there) };
                    return Ok((format.len() >= 16).then_some(Self {
                        format,
                        data: start..start + real,
                        samples: samples.filter(|_| real == stated),
                    }));
                }
                _ => {}
            }
            at = data + size as usize + (size % 2) as usize;
        }
        Ok(None)
    }

    /// What it tells.
    pub fn head(&self) -> Head {
        let field = |at| le::<2>(&self.format, at).unwrap_or(0);
        let number = |at| le::<4>(&self.format, at).unwrap_or(0);
        let tag = match field(0) {
            // The real tag of the extensible format starts its identifier.
            0xFFFE => field(24),
            tag => tag,
        };
        let (rate, frame, bytes) = (number(4), field(12), self.data.end - self.data.start);
        let plain = matches!(tag, 1 | 3 | 6 | 7) && frame > 0;
        let duration_s = match self.samples {
            Some(samples) if !plain => seconds_of(samples, rate),
            _ if plain => seconds_of(bytes, rate.saturating_mul(frame)),
            _ => seconds_of(bytes, number(8)),
        };
        Head {
            format: "wav",
            duration_s,
            sound: Some(SoundTrack {
                rate: pixels(Some(rate)),
                channels: Some(field(2) as u16).filter(|&count| count > 0),
                ..SoundTrack::default()
            }),
            ..Head::default()
        }
    }

    /// The same sound behind a head that any reader takes.
    pub fn mended(&self, body: &Blob) -> impl Read + Send + Sync + use<> {
        let bytes = self.data.end - self.data.start;
        let size = u32::try_from(bytes).unwrap_or(u32::MAX);
        let mut head = b"RIFF\xFF\xFF\xFF\xFFWAVEfmt ".to_vec();
        head.extend((self.format.len() as u32).to_le_bytes());
        head.extend(&self.format);
        head.extend(std::iter::repeat_n(0, self.format.len() % 2));
        head.extend(b"data");
        head.extend(size.to_le_bytes());
        Cursor::new(head).chain(body.reader_from(self.data.start).take(bytes))
    }
}
