//! The guard at the start of every tape line: the length and checksum of what follows. Independent of the line's
//! content.
//!
//! A line is `{"guard":"0000020f-1a2b3c4d",…}`: eight hexadecimal digits for the number of bytes after the guard's
//! comma up to the closing brace, eight for their CRC-32 (as in zlib, IEEE 802.3). The guard has a fixed width, so a
//! line can be checked before it is parsed. Quotes are escaped inside JSON strings, so [`MARK`] only occurs at the
//! start of a line: besides the line break, it is a second point to resynchronise at.

/// What every line begins with.
pub(super) const MARK: &[u8] = br#"{"guard":""#;
/// Bytes of a whole guard, the comma included.
const GUARD: usize = MARK.len() + 8 + 1 + 8 + 2;
/// The version of the format that is written; what reads it also reads later ones as far as it understands them.
pub(super) const VERSION: u32 = 1;
/// The largest number or count that a line may say: up to here every JSON reader keeps numbers exactly.
pub(super) const MOST: u64 = 1 << 53;

/// Leaves room for the guard of a new line; gives where the line starts.
pub(super) fn open(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.resize(start + GUARD, b' ');
    start
}

/// Closes the line that was opened at `start`: brace, guard, line break.
pub(super) fn close(out: &mut Vec<u8>, start: usize) {
    out.push(b'}');
    let body = &out[start + GUARD..];
    let (length, sum) = (body.len() as u32, crc32fast::hash(body));
    let guard = &mut out[start..start + GUARD];
    guard[..MARK.len()].copy_from_slice(MARK);
    let digits = &mut guard[MARK.len()..];
    hex(&mut digits[..8], length);
    digits[8] = b'-';
    hex(&mut digits[9..17], sum);
    digits[17..].copy_from_slice(b"\",");
    out.push(b'\n');
}

/// The length of the whole record at the start of `bytes`, guard included, if there is one and it is as it was written.
pub(super) fn sealed(bytes: &[u8]) -> Option<usize> {
    let guard = bytes.get(..GUARD)?;
    let digits = guard.strip_prefix(MARK)?;
    if digits[8] != b'-' || &digits[17..] != b"\"," {
        return None;
    }
    let (length, sum) = (unhex(&digits[..8])?, unhex(&digits[9..17])?);
    let end = GUARD.checked_add(usize::try_from(length).ok()?)?;
    let body = bytes.get(GUARD..end)?;
    (crc32fast::hash(body) == sum).then_some(end)
}

fn hex(into: &mut [u8], number: u32) {
    for (i, digit) in into.iter_mut().enumerate() {
        let nibble = (number >> (28 - 4 * i)) & 15;
        *digit = b"0123456789abcdef"[nibble as usize];
    }
}

/// Only as written: lower case, all digits.
fn unhex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u32::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(body: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let start = open(&mut out);
        out.extend_from_slice(body.as_bytes());
        close(&mut out, start);
        out
    }

    #[test]
    fn a_line_is_json_with_its_length_and_checksum() {
        let line = line(r#""n":1"#);
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        // The checksum of `"n":1}` as any other CRC-32 computes it.
        assert_eq!(
            value["guard"],
            format!("00000006-{:08x}", crc32fast::hash(br#""n":1}"#))
        );
        assert_eq!(value["n"], 1);
        assert_eq!(sealed(&line), Some(line.len() - 1));
    }

    #[test]
    fn every_changed_and_every_missing_byte_is_noticed() {
        let line = line(r#""subject":"a.b","text":"hello""#);
        for at in 0..line.len() - 1 {
            assert_eq!(sealed(&line[..at]), None, "cut at {at}");
            for bit in 0..8 {
                let mut changed = line.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(sealed(&changed), None, "bit {bit} of byte {at}");
            }
        }
    }
}
