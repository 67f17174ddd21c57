//! Base64 as peers write it: strict first, then known deviations by name, never a silent guess.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use std::sync::LazyLock;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::GeneralPurpose as Engine;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::Simd as Engine;

static STRICT: LazyLock<Engine> = LazyLock::new(|| engine(GeneralPurposeConfig::new()));
static LENIENT: LazyLock<Engine> = LazyLock::new(|| {
    engine(
        GeneralPurposeConfig::new()
            .with_encode_padding(false)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    )
});

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn engine(config: GeneralPurposeConfig) -> Engine {
    Engine::standard(config)
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn engine(config: GeneralPurposeConfig) -> Engine {
    Engine::new(&base64::alphabet::STANDARD, config)
}

/// How a base64 text deviated from the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags")]
pub struct Base64Form {
    /// Used `-` and `_`.
    pub url_safe: bool,
    /// Padding was missing.
    pub unpadded: bool,
    /// Held white space.
    pub whitespace: bool,
    /// Stood behind a `data:` URL head.
    pub data_url: bool,
    /// The last character carried bits of no byte.
    pub trailing_bits: bool,
}

/// Decodes; the error is the byte offset of the first character that cannot be base64.
///
/// # Examples
///
/// ```
/// let (bytes, form) = natsbridge_wire::decode_base64("SGVsbG8\n").unwrap();
/// assert_eq!(bytes, b"Hello");
/// assert!(form.unpadded && form.whitespace && !form.url_safe);
/// assert_eq!(natsbridge_wire::decode_base64("SGV*bG8="), Err(3));
/// ```
pub fn decode_base64(text: &str) -> Result<(Vec<u8>, Base64Form), usize> {
    match decode_strictly(text.as_bytes()) {
        Some(bytes) => Ok((bytes, Base64Form::default())),
        None => decode_leniently(text),
    }
}

/// Decodes text without any deviation. The buffer has the exact size, so that the bytes can be shared later without
/// another allocation.
pub(crate) fn decode_strictly(text: &[u8]) -> Option<Vec<u8>> {
    let pads = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let mut bytes = vec![0; (text.len() / 4 * 3).checked_sub(pads)?];
    let length = decode_strictly_into(text, &mut bytes)?.len();
    (length == bytes.len()).then_some(bytes)
}

/// Like [`decode_strictly`], into an existing buffer; `None` also if it is too small.
pub(crate) fn decode_strictly_into<'r>(text: &[u8], room: &'r mut [u8]) -> Option<&'r [u8]> {
    let length = STRICT.decode_slice(text, room).ok()?;
    room.get(..length)
}

fn decode_leniently(text: &str) -> Result<(Vec<u8>, Base64Form), usize> {
    let head = data_url_head(text);
    let mut form = Base64Form {
        data_url: head > 0,
        ..Base64Form::default()
    };
    let mut symbols = Vec::with_capacity(text.len() - head);
    let (mut pads, mut last) = (0, head);
    for (at, byte) in text.bytes().enumerate().skip(head) {
        let symbol = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                form.whitespace = true;
                continue;
            }
            b'=' => {
                pads += 1;
                if pads > (4 - symbols.len() % 4) % 4 {
                    return Err(at);
                }
                continue;
            }
            _ if pads > 0 => return Err(at),
            b'-' => b'+',
            b'_' => b'/',
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => byte,
            _ => return Err(at),
        };
        form.url_safe |= symbol != byte;
        symbols.push(symbol);
        last = at;
    }
    let odd = symbols.len() % 4;
    form.unpadded = odd > 0 && odd + pads < 4;
    // A single character holds only six bits, which is not a byte.
    let bytes = LENIENT.decode(&symbols).map_err(|_| last)?;
    if odd > 1 {
        let tail = LENIENT.encode(&bytes[bytes.len() + 1 - odd..]);
        form.trailing_bits = tail.as_bytes().last() != symbols.last();
    }
    Ok((bytes, form))
}

/// Length of a `data:…;base64,` head; 0 where there is none.
fn data_url_head(text: &str) -> usize {
    let head = text.split_once(',').map_or("", |(head, _)| head);
    if head.starts_with("data:") && head.ends_with(";base64") {
        head.len() + 1
    } else {
        0
    }
}

/// Encodes to the standard alphabet with padding.
pub fn encode_base64(bytes: &[u8]) -> String {
    STRICT.encode(bytes)
}

/// As [`encode_base64`], appended to `out`.
pub fn encode_base64_into(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The buffer has the exact size, so this cannot fail; if it did, no half-written text may remain.
    if STRICT.encode_slice(bytes, &mut out[start..]).is_err() {
        out.truncate(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(text: &str) -> (Vec<u8>, Vec<&'static str>) {
        let (bytes, form) = decode_base64(text).unwrap();
        let names = [
            (form.url_safe, "url-safe"),
            (form.unpadded, "unpadded"),
            (form.whitespace, "whitespace"),
            (form.data_url, "data-url"),
            (form.trailing_bits, "trailing-bits"),
        ];
        let names = names.into_iter().filter(|(on, _)| *on).map(|(_, name)| name);
        (bytes, names.collect())
    }

    #[test]
    fn every_known_deviation_decodes_and_is_named() {
        for (text, bytes, names) in [
            ("", &b""[..], &[][..]),
            ("SGVsbG8h", b"Hello!", &[]),
            ("SGVsbG8=", b"Hello", &[]),
            ("+/8=", &[0xfb, 0xff], &[]),
            ("-_8=", &[0xfb, 0xff], &["url-safe"]),
            ("-_8", &[0xfb, 0xff], &["url-safe", "unpadded"]),
            ("SGVsbG8", b"Hello", &["unpadded"]),
            ("SGVsbA=", b"Hell", &["unpadded"]),
            ("SGVs\nbG8h\n", b"Hello!", &["whitespace"]),
            ("SGVs\r\nbG8h\r\n", b"Hello!", &["whitespace"]),
            (" SGVsbG8h", b"Hello!", &["whitespace"]),
            ("SGVsbG8\n", b"Hello", &["unpadded", "whitespace"]),
            ("data:image/png;base64,SGVsbG8h", b"Hello!", &["data-url"]),
            ("data:;base64,SGVsbG8", b"Hello", &["unpadded", "data-url"]),
            ("SGVsbG9=", b"Hello", &["trailing-bits"]),
            ("/x==", &[0xff], &["trailing-bits"]),
            ("/x", &[0xff], &["unpadded", "trailing-bits"]),
        ] {
            assert_eq!(form(text), (bytes.to_vec(), names.to_vec()), "{text:?}");
        }
    }

    #[test]
    fn the_first_impossible_character_is_told() {
        for (text, at) in [
            ("SGV*bG8=", 3),
            ("SGVsbG8h!", 8),
            ("A", 0),
            ("SGVsb", 4),
            ("SGVsbG8==", 8),
            ("SG=sbG8h", 3),
            ("====", 0),
            ("héllo", 1),
            ("data:text/plain,Hello", 4),
            ("http://host/x", 4),
        ] {
            assert_eq!(decode_base64(text), Err(at), "{text:?}");
        }
    }

    #[test]
    fn two_hundred_thousand_mutated_texts_are_what_they_say_or_refused_at_their_place() {
        let seeds = [
            "SGVsbG8gd29ybGQh",
            "-_8",
            "SGVs\nbG8h\n",
            "data:image/png;base64,SGVsbG8=",
            "+/8=",
            "/x",
            "héllo",
        ];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % bound as u64) as usize
        };
        let signs: Vec<char> = "ABCxyz019+/-_== \r\n\t,;:é\0".chars().collect();
        let mut taken = 0;
        for round in 0..200_000 {
            let mut chars: Vec<char> = seeds[round % seeds.len()].chars().collect();
            for _ in 0..=random(3) {
                let at = random(chars.len() + 1);
                match random(3) {
                    0 => chars.insert(at, signs[random(signs.len())]),
                    1 if at < chars.len() => chars[at] = signs[random(signs.len())],
                    _ => chars.truncate(at.max(1)),
                }
            }
            let text: String = chars.iter().collect();
            match decode_base64(&text) {
                Ok((bytes, form)) => {
                    taken += 1;
                    let body = if form.data_url {
                        text.split_once(',').unwrap().1
                    } else {
                        &*text
                    };
                    let plain: String = body
                        .chars()
                        .filter(|c| !c.is_ascii_whitespace() && *c != '=')
                        .collect();
                    let plain = plain.replace('-', "+").replace('_', "/");
                    let exact = STRICT.encode(&bytes);
                    let kept = exact.trim_end_matches('=').len() - usize::from(form.trailing_bits);
                    assert_eq!(plain.len(), exact.trim_end_matches('=').len(), "{text:?}");
                    assert_eq!(plain[..kept], exact[..kept], "{text:?}");
                    assert!(
                        form != Base64Form::default() || exact == text,
                        "{text:?} is not what it was called"
                    );
                }
                Err(at) => assert!(at < text.len() && text.is_char_boundary(at), "{text:?} at {at}"),
            }
        }
        assert!(taken > 20_000, "{taken}");
    }

    proptest! {
        #[test]
        fn encoding_is_undone_by_decoding(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut text = b"head".to_vec();
            encode_base64_into(&bytes, &mut text);
            let text = String::from_utf8(text).unwrap();
            prop_assert_eq!(&text[4..], encode_base64(&bytes));
            let (back, form) = decode_base64(&text[4..]).unwrap();
            prop_assert_eq!(back, bytes);
            prop_assert_eq!(form, Base64Form::default());
        }
    }
}
