//! RIFF chunks and the AVI header: frame size, duration, codec. Borrows, and never allocates by claimed sizes.

use super::facts::VideoInfo;

/// Reads an AVI's head; `None` for anything else.
pub(super) fn avi_head(bytes: &[u8]) -> Option<VideoInfo> {
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"AVI " {
        return None;
    }
    let header = Chunks(bytes.get(12..)?).find_map(|chunk| chunk.list(*b"hdrl"))?;
    let mut head = VideoInfo {
        format: "avi",
        ..VideoInfo::default()
    };
    for chunk in Chunks(header) {
        if chunk.id == b"avih" {
            head.width = nonzero(chunk.u32(32));
            head.height = nonzero(chunk.u32(36));
            let microseconds = Some(f64::from(chunk.u32(0)?) * f64::from(chunk.u32(16)?));
            head.duration_s = positive(microseconds.map(|time| time / 1e6));
        } else if let Some(stream) = chunk.list(*b"strl") {
            read_stream(stream, &mut head);
        }
    }
    Some(head)
}

/// Takes what the first film stream knows better than the main header.
fn read_stream(stream: &[u8], head: &mut VideoInfo) {
    let Some(header) = Chunks(stream).find(|chunk| chunk.id == b"strh") else {
        return;
    };
    if header.data.get(..4) != Some(b"vids") || head.codec.is_some() {
        return;
    }
    let frames = header.u32(32).map(f64::from);
    if let (Some(scale), Some(rate), Some(frames)) = (header.u32(20), nonzero(header.u32(24)), frames) {
        let duration = frames * f64::from(scale) / f64::from(rate);
        head.duration_s = positive(Some(duration)).or(head.duration_s);
    }
    let Some(format) = Chunks(stream).find(|chunk| chunk.id == b"strf") else {
        return;
    };
    head.width = head.width.or(nonzero(format.u32(4)));
    head.height = head.height.or(nonzero(format.u32(8)));
    head.codec = format.data.get(16..20).map(codec_name);
}

/// The usual name behind a code of four characters, else the code itself.
fn codec_name(code: &[u8]) -> String {
    let code = String::from_utf8_lossy(code).to_ascii_lowercase();
    match code.as_str() {
        "\0\0\0\0" => "raw",
        "mjpg" => "mjpeg",
        "h264" | "x264" | "avc1" => "h264",
        "xvid" | "divx" | "dx50" | "fmp4" | "mp4v" => "mpeg4",
        other => other.trim_end_matches(['\0', ' ']),
    }
    .to_owned()
}

fn nonzero(value: Option<u32>) -> Option<u32> {
    value.filter(|&value| value != 0)
}

fn positive(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite() && *value > 0.0)
}

struct Chunk<'a> {
    id: &'a [u8],
    data: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// What follows the name, if this is a list of that name.
    fn list(&self, name: [u8; 4]) -> Option<&'a [u8]> {
        (self.id == b"LIST").then(|| self.data.strip_prefix(&name))?
    }

    fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.data.get(at..at + 4)?.try_into().ok()?))
    }
}

/// The chunks of a list; the last one may be cut short by the end of the bytes.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (id, rest) = self.0.split_at_checked(4)?;
        let (length, rest) = rest.split_at_checked(4)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let (data, rest) = rest.split_at(length.min(rest.len()));
        // Chunks start at even offsets.
        self.0 = rest.get(length % 2..).unwrap_or_default();
        Some(Chunk { id, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIP: &[u8] = include_bytes!("../../../assets/demo/clip.avi");

    #[test]
    fn an_avi_says_its_size_duration_and_codec() {
        let head = avi_head(CLIP).unwrap();
        assert_eq!((head.width, head.height), (Some(64), Some(48)));
        assert_eq!(head.duration_s, Some(1.0));
        assert_eq!(head.codec.as_deref(), Some("mjpeg"));
    }

    #[test]
    fn every_cut_is_read_as_far_as_it_goes() {
        for end in 0..400 {
            let head = avi_head(&CLIP[..end]);
            assert!(head.is_none() || end >= 12);
        }
        assert_eq!(avi_head(b"RIFF\0\0\0\0WAVE"), None);
    }
}
