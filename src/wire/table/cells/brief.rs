//! Text with a size limit: text for display never grows beyond it.

use std::fmt::{Result, Write};

/// A string that refuses to grow beyond its limit: writing fails, which ends every loop above it.
#[derive(Debug)]
pub(crate) struct BoundedString {
    text: String,
    most: usize,
}

impl BoundedString {
    /// What `work` writes, cut with `…` to at most `most` bytes.
    pub fn write(most: usize, work: impl FnOnce(&mut Self) -> Result) -> String {
        let mut out = Self {
            text: String::new(),
            most,
        };
        if work(&mut out).is_err() {
            let room = most.saturating_sub('…'.len_utf8());
            out.text.truncate(boundary(&out.text, room));
            out.text.push('…');
        }
        out.text
    }
}

impl Write for BoundedString {
    fn write_str(&mut self, text: &str) -> Result {
        let room = self.most - self.text.len();
        let fits = boundary(text, room);
        self.text.push_str(&text[..fits]);
        if fits == text.len() {
            Ok(())
        } else {
            Err(std::fmt::Error)
        }
    }
}

/// The last character boundary at or before `most`.
fn boundary(text: &str, most: usize) -> usize {
    let most = most.min(text.len());
    (0..=most)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character() {
        let cut = |text: &str, most| BoundedString::write(most, |out| out.write_str(text));
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcdefgh", 6), "abc…");
        assert_eq!(cut("ééééé", 6), "é…");
    }
}
