//! JSON values written without white space, or over several lines; numbers and strings as they are in the text.

use super::node::JsonNode;
use super::text::plain_run;
use std::fmt::{self, Display, Formatter};

/// On one line without white space; with `{:#}` over several lines, two spaces to a level.
impl Display for JsonNode<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut tokens = Tokens(self.raw());
        if f.alternate() {
            indented(tokens, f)
        } else {
            tokens.try_for_each(|token| f.write_str(token))
        }
    }
}

impl fmt::Debug for JsonNode<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

fn indented(tokens: Tokens<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    let line = |f: &mut Formatter<'_>, depth: usize| write!(f, "\n{:1$}", "", 2 * depth);
    let (mut depth, mut tokens) = (0_usize, tokens.peekable());
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                f.write_str(token)?;
                if let Some(close) = tokens.next_if(|next| matches!(*next, "}" | "]")) {
                    f.write_str(close)?;
                } else {
                    depth += 1;
                    line(f, depth)?;
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                line(f, depth)?;
                f.write_str(token)?;
            }
            "," => {
                f.write_str(token)?;
                line(f, depth)?;
            }
            ":" => f.write_str(": ")?,
            word => f.write_str(word)?,
        }
    }
    Ok(())
}

/// What a valid text consists of: signs, strings, numbers, words.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
        let length = match rest.as_bytes() {
            [] => return None,
            [b'"', ..] => string_length(rest.as_bytes()),
            [b'{' | b'}' | b'[' | b']' | b',' | b':', ..] => 1,
            word => {
                let ends = |byte: &u8| matches!(byte, b'}' | b']' | b',' | b' ' | b'\t' | b'\n' | b'\r');
                word.iter().position(ends).unwrap_or(word.len())
            }
        };
        let (token, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(token)
    }
}

/// Bytes of the string at the start, its quotes among them.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    loop {
        at += plain_run(bytes.get(at..).unwrap_or_default());
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_and_everything_else_stays() {
        let text = " { \"a b\" :\t[ 1.10 ,-0,\n1e1000 ], \"\\\"[\" : \"\\\\\" , \"e\":{ },\"f\": [ ] } ";
        let node = JsonNode::parse(text).unwrap();
        assert_eq!(
            node.to_string(),
            r#"{"a b":[1.10,-0,1e1000],"\"[":"\\","e":{},"f":[]}"#
        );
        let lines = "{\n  \"a b\": [\n    1.10,\n    -0,\n    1e1000\n  ],\n  \"\\\"[\": \"\\\\\",\n  \"e\": {},\n  \"f\": []\n}";
        assert_eq!(format!("{node:#}"), lines);
        assert_eq!(format!("{:#}", JsonNode::parse("0.10").unwrap()), "0.10");
    }
}
