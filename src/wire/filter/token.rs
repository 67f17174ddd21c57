//! The pieces of a filter's text: words, texts in quotes, parentheses.

use super::expr::{Operator, Spanned};
use super::fault::FilterError;
use crate::json::quoted;

/// A piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// `(`, at this byte.
    Open(usize),
    /// `)`, at this byte.
    Close(usize),
    /// A word, or a text in quotes.
    Typed(Spanned),
    /// A field with a name in quotes; an operator follows.
    Field(Spanned),
}

impl Token {
    /// Where it begins.
    pub fn start(&self) -> usize {
        match self {
            Self::Open(at) | Self::Close(at) => *at,
            Self::Typed(typed) | Self::Field(typed) => typed.at.start,
        }
    }
}

/// Cuts a filter into pieces. A word ends at white space, a parenthesis or a quote, unless it is a field with a quoted
/// name.
pub fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if let Some(length) = quoted_field(&text[at..]) {
            let end = at + length;
            tokens.push(Token::Field(Spanned::word(text, at..end)));
            while rest.next_if(|(next, _)| *next < end).is_some() {}
            continue;
        }
        match c {
            c if c.is_whitespace() => {}
            '(' => tokens.push(Token::Open(at)),
            ')' => tokens.push(Token::Close(at)),
            '"' if quoted(&text[at..]).is_some() => {
                let (inside, length) = quoted(&text[at..]).unwrap_or_default();
                let end = at + length;
                while rest.next_if(|(next, _)| *next < end).is_some() {}
                tokens.push(Token::Typed(Spanned {
                    text: inside,
                    quoted: true,
                    at: at..end,
                }));
            }
            // Not a JSON string: a backslash takes away the meaning of what follows it.
            '"' => {
                let mut inside = String::new();
                let mut next = || rest.next().ok_or_else(|| unclosed(at, text));
                let end = loop {
                    match next()? {
                        (end, '"') => break end + 1,
                        (_, '\\') => inside.push(next()?.1),
                        (_, c) => inside.push(c),
                    }
                };
                tokens.push(Token::Typed(Spanned {
                    text: inside,
                    quoted: true,
                    at: at..end,
                }));
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
                while rest.next_if(|(_, c)| !ends(*c)).is_some() {}
                let end = rest.peek().map_or(text.len(), |(end, _)| *end);
                tokens.push(Token::Typed(Spanned::word(text, at..end)));
            }
        }
    }
    Ok(tokens)
}

fn unclosed(at: usize, text: &str) -> FilterError {
    let what = "this quote is not closed: put another \" after the text";
    FilterError::new(at..text.len(), what)
}

/// Whether a letter can stand beside a quoted name in a field: it ends no word and begins no operator.
fn fits_in_field(c: char) -> bool {
    !c.is_whitespace() && !"()\"=!<>~".contains(c)
}

/// The bytes of a field with a quoted name that a text begins with (`"total amount"`, `payload."odd name"[0].x`), if an
/// operator follows.
fn quoted_field(text: &str) -> Option<usize> {
    let (mut end, mut has_quotes) = (0, false);
    loop {
        let rest = &text[end..];
        end += rest.find(|c| !fits_in_field(c)).unwrap_or(rest.len());
        if !(end == 0 || text[..end].ends_with('.')) {
            break;
        }
        let Some((_, length)) = quoted(&text[end..]) else {
            break;
        };
        (end, has_quotes) = (end + length, true);
    }
    let compared = Operator::at_start(text[end..].trim_start()).is_some();
    (has_quotes && compared).then_some(end)
}
