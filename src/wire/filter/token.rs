//! The pieces of a filter's text: words, texts in quotes, parentheses.

use super::expr::Typed;
use super::fault::FilterFault;

/// A piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// `(`, at this byte.
    Open(usize),
    /// `)`, at this byte.
    Close(usize),
    /// A word, or a text in quotes.
    Typed(Typed),
}

impl Token {
    /// Where it begins.
    pub fn start(&self) -> usize {
        match self {
            Self::Open(at) | Self::Close(at) => *at,
            Self::Typed(typed) => typed.at.start,
        }
    }
}

/// Cuts a filter into pieces. A word ends at white space, a parenthesis or a quote.
pub fn tokens(text: &str) -> Result<Vec<Token>, FilterFault> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => tokens.push(Token::Open(at)),
            ')' => tokens.push(Token::Close(at)),
            '"' => {
                let mut inside = String::new();
                let end = loop {
                    match rest.next() {
                        Some((end, '"')) => break end + 1,
                        Some((_, '\\')) => match rest.next() {
                            Some((_, c)) => inside.push(c),
                            None => return Err(unclosed(at, text)),
                        },
                        Some((_, c)) => inside.push(c),
                        None => return Err(unclosed(at, text)),
                    }
                };
                tokens.push(Token::Typed(Typed {
                    text: inside,
                    quoted: true,
                    at: at..end,
                }));
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
                while rest.next_if(|(_, c)| !ends(*c)).is_some() {}
                let end = rest.peek().map_or(text.len(), |(end, _)| *end);
                tokens.push(Token::Typed(Typed {
                    text: text[at..end].to_owned(),
                    quoted: false,
                    at: at..end,
                }));
            }
        }
    }
    Ok(tokens)
}

fn unclosed(at: usize, text: &str) -> FilterFault {
    FilterFault::new(
        at..text.len(),
        "this quote is not closed: put another \" after the text",
    )
}
