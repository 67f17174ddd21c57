//! Detects an unclosed quote in separated values. It parses them like the row reader, which takes an unclosed quote
//! as a value that extends to the end.

/// Where a byte stands.
enum Place {
    /// A value begins with the next byte.
    Start,
    Bare,
    Quoted,
    /// After a quote in a quoted value: the end of it, or the first of two that stand for one.
    Quote,
}

/// The line of a quote that is never closed, counted from 1.
pub(super) fn unclosed_quote(bytes: &[u8], separator: u8) -> Option<u64> {
    let (mut place, mut line, mut opened) = (Place::Start, 1, 1);
    for (index, byte) in bytes.iter().enumerate() {
        let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
        place = match (place, *byte) {
            (Place::Start, b'"') => {
                opened = line;
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::Quote,
            (Place::Quoted, _) | (Place::Quote, b'"') => Place::Quoted,
            (_, b'\n' | b'\r') => Place::Start,
            (_, byte) if byte == separator => Place::Start,
            _ => Place::Bare,
        };
        line += u64::from(ends_line);
    }
    matches!(place, Place::Quoted).then_some(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_quote_that_is_not_closed_is_found() {
        for (rows, line) in [
            ("a,b\n\"x\ny\",\"z\"\n", None),
            ("a\n\"x \"\"y\"\"\"\n", None),
            ("a\nx\"y\n", None),
            ("a\n\"x\"y\"z\n", None),
            ("a\r\n\"x\r\ny\"\r\n\"z\r\n1\r\n", Some(4)),
            ("a\n1,\"", Some(2)),
            ("\"a", Some(1)),
            ("a\n\"x\"\"\n", Some(2)),
        ] {
            assert_eq!(unclosed_quote(rows.as_bytes(), b','), line, "{rows:?}");
        }
    }
}
