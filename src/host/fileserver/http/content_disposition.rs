//! The header that carries a file's name, written and read. Pure.

use hyper::header::HeaderValue;
use natsbridge_wire::percent_encode;

/// `attachment` with the name: once for those who read ASCII only, once exactly (RFC 6266).
pub fn attachment(name: &str) -> HeaderValue {
    let plain = |c: char| {
        if c.is_ascii_graphic() && !"\"\\/%".contains(c) || c == ' ' {
            c
        } else {
            '_'
        }
    };
    let ascii: String = name.chars().map(plain).collect();
    let value = format!(
        "attachment; filename=\"{ascii}\"; filename*=UTF-8''{}",
        percent_encode(name)
    );
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// The parameters of a header like `form-data; name="file"; filename="a.txt"`, names in lower case. Quoted values
/// are read as browsers and Python's `requests` write them: `%22`, `%0D` and `%0A` stand for what cannot stand there.
pub fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, value)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ';']).to_ascii_lowercase();
        let value = value.trim_start();
        let (value, tail) = if let Some(quoted) = value.strip_prefix('"') {
            quoted_value(quoted)
        } else {
            let (value, tail) = value.split_once(';').unwrap_or((value, ""));
            (value.trim().to_owned(), tail)
        };
        found.push((name, value));
        rest = tail;
    }
    found
}

/// The text up to the closing quote, and what follows it.
fn quoted_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '"' => return (unescape(&value), rest),
            '\\' if rest.starts_with('"') => {
                value.push('"');
                chars.next();
            }
            c => value.push(c),
        }
    }
    (unescape(&value), "")
}

fn unescape(text: &str) -> String {
    text.replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_part() {
        let of = |header| parameters(header);
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            of(r#"form-data; name="file"; filename="a \"b\"; c%22.txt""#),
            [pair("name", "file"), pair("filename", "a \"b\"; c\".txt")]
        );
        assert_eq!(
            of("form-data; NAME=file;filename=x.bin ; filename*=utf-8''%C3%BC"),
            [
                pair("name", "file"),
                pair("filename", "x.bin"),
                pair("filename*", "utf-8''%C3%BC")
            ]
        );
        assert_eq!(of("form-data"), []);
        assert_eq!(of(r#"form-data; name="open"#), [pair("name", "open")]);
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let value = attachment("a\"; x=\r\ny ü.txt");
        let text = value.to_str().unwrap();
        assert!(
            text.starts_with("attachment; filename=\"a_; x=__y _.txt\"; filename*=UTF-8''a%22"),
            "{text}"
        );
    }
}
