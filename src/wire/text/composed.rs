//! Texts in one form: a letter with its marks may be one character or several, which look the same.

use icu_normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;

/// The text with letters and their marks as one character where there is one (NFC): the form that is compared.
///
/// ```
/// assert_eq!(natsbridge_wire::composed("gro\u{308}ße"), "größe");
/// ```
pub fn composed(text: &str) -> Cow<'_, str> {
    // Most text is ASCII, which has one form.
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}
