//! Text as literals of other languages, so that exactly the same text comes out again.

use natsbridge_wire::acts_on_terminal;
use std::fmt::Write as _;

/// A word for a POSIX shell. Exact for every text without NUL.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string in double quotes of Python, JavaScript or Rust, as `style` has its escapes.
pub(super) fn string(text: &str, style: Style) -> String {
    let quote = match style {
        Style::Python | Style::JavaScript => '\'',
        Style::Julia | Style::Rust => '"',
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if style == Style::Julia => out.push_str("\\$"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if acts_on_terminal(c) => escape(c, style, &mut out),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Whose escapes a string has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Python,
    JavaScript,
    Julia,
    Rust,
}

fn escape(c: char, style: Style, out: &mut String) {
    let code = u32::from(c);
    // Writing into a String cannot fail.
    let _ = match style {
        Style::Rust => write!(out, "\\u{{{code:x}}}"),
        Style::JavaScript if code > 0xffff => write!(out, "\\u{{{code:x}}}"),
        Style::Python | Style::Julia if code > 0xffff => write!(out, "\\U{code:08x}"),
        Style::Python | Style::JavaScript | Style::Julia => write!(out, "\\u{code:04x}"),
    };
}

/// The items of a list as every language here separates them.
pub(super) fn list<T>(items: &[T], quoted: impl Fn(&T) -> String) -> String {
    items.iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// Bytes as a Rust byte string.
pub(super) fn rust_bytes(bytes: &[u8]) -> String {
    let mut out = String::from("b\"");
    for byte in bytes {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(*byte)),
            // Writing into a String cannot fail.
            _ => drop(write!(out, "\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_words_are_quoted_where_they_need_it() {
        for (text, word) in [
            ("/chat/room1", "/chat/room1"),
            ("", "''"),
            ("it's $HOME\n`x`", "'it'\\''s $HOME\n`x`'"),
            ("~", "'~'"),
        ] {
            assert_eq!(shell(text), word);
        }
    }

    #[test]
    fn strings_have_the_escapes_of_their_language() {
        let text = "a\"'\\$\n\u{1b}\u{202e}é\u{fff9}\u{e0041}";
        assert_eq!(
            string(text, Style::Python),
            r#"'a"\'\\$\n\u001b\u202eé\ufff9\U000e0041'"#
        );
        let javascript = string(text, Style::Python).replace("\\U000e0041", "\\u{e0041}");
        assert_eq!(string(text, Style::JavaScript), javascript);
        assert_eq!(
            string(text, Style::Julia),
            r#""a\"'\\\$\n\u001b\u202eé\ufff9\U000e0041""#
        );
        assert_eq!(
            string(text, Style::Rust),
            r#""a\"'\\$\n\u{1b}\u{202e}é\u{fff9}\u{e0041}""#
        );
        assert_eq!(rust_bytes(b"a\"\\\n\xff"), r#"b"a\"\\\x0a\xff""#);
    }
}
