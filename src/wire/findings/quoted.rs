//! Quotes text of messages within sentences and paths.

use std::borrow::Cow;

/// Characters that are quoted of a text.
const SHOWN: usize = 80;

/// The text in quotes, shortened to a reasonable length.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// The text, shortened to a reasonable length.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &text[..cut]).into(),
        None => text.into(),
    }
}
