//! Texts on their way to the clipboard. What is too large for it is not copied.

use crate::model::{Effects, TerminalEffect, size};
use natsbridge_wire::{Limits, Severity};

/// Copies a text; if it is too large, says so: what is too large, and what to do instead. Whether it was copied.
pub(super) fn copy(
    text: &[u8],
    limits: &Limits,
    (what, advice): (&str, &str),
    effects: &mut Effects,
) -> bool {
    let fits = text.len() <= limits.clipboard_bytes;
    if fits {
        effects.push(TerminalEffect::Copy(String::from_utf8_lossy(text).into_owned()));
    } else {
        let (is, most) = (size(text.len() as u64), size(limits.clipboard_bytes as u64));
        let text = format!("{what} for the clipboard: {is} (limit {most}).{advice}");
        effects.tell(Severity::Warning, text);
    }
    fits
}
