//! Compares bytes in rows of sixteen, as shown in a hex view.

use super::model::Differences;
use crate::bytes::Blob;
use std::fmt::Write as _;

const ROW: usize = 16;
/// Bytes of each side that are compared.
const COMPARED: u64 = 64 << 20;

/// Compares bytes at the same offsets.
pub(super) fn bytes(name: &str, left: &Blob, right: &Blob, out: &mut Differences) {
    let (a, b) = (left.len(), right.len());
    let place = format!("{name}: size");
    out.compare_texts(place, &format!("{a} bytes"), &format!("{b} bytes"));
    let read = |blob: &Blob| blob.slice(0..blob.len().min(COMPARED));
    let (Ok(left), Ok(right)) = (read(left), read(right)) else {
        let why = Some("cannot be read");
        return out.push(format!("{name}: bytes"), why, why);
    };
    let rows = left.len().max(right.len()).div_ceil(ROW);
    for row in 0..rows {
        let part = |bytes: &[u8]| {
            let from = (row * ROW).min(bytes.len());
            bytes[from..bytes.len().min(from + ROW)].to_vec()
        };
        let (a, b) = (part(&left), part(&right));
        if a == b {
            out.same += 1;
            continue;
        }
        let shown = |bytes: &[u8]| (!bytes.is_empty()).then(|| hex(bytes));
        let place = format!("{name}: offset 0x{:x}", row * ROW);
        out.push(place, shown(&a).as_deref(), shown(&b).as_deref());
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x} ");
    }
    text.push(' ');
    let shown = |byte: &u8| {
        if byte.is_ascii_graphic() {
            char::from(*byte)
        } else {
            '·'
        }
    };
    text.extend(bytes.iter().map(shown));
    text
}
