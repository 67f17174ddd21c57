//! Parses filter expressions. `or` binds weakest, then `and` (or just a space), then `not`; parentheses group.

use super::expr::{Expr, Operator, Spanned, Term};
use super::fault::FilterError;
use super::token::{Token, tokens};

/// Maximum nesting of parentheses and `not`.
const DEPTH: usize = 64;

/// Parses a filter; the empty text gives an expression that is always true.
///
/// # Errors The first error, with its position.
pub fn parse_filter(text: &str) -> Result<Expr<Term>, FilterError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
    };
    if parser.tokens.is_empty() {
        return Ok(Expr::default());
    }
    let expr = parser.or(0)?;
    match parser.next() {
        None => Ok(expr),
        Some(token) => {
            let what = "this parenthesis closes nothing: remove it, or put ( before";
            Err(FilterError::new(token.start()..token.start() + 1, what))
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Whether the next piece is that word without quotes; takes it then.
    fn takes(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Typed(typed)) if is_word(typed, word));
        self.at += usize::from(is);
        is
    }

    fn or(&mut self, depth: usize) -> Result<Expr<Term>, FilterError> {
        let mut parts = vec![self.and(depth)?];
        while self.takes("or") {
            parts.push(self.and(depth)?);
        }
        Ok(joined(parts, Expr::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expr<Term>, FilterError> {
        let mut parts = vec![self.not(depth)?];
        loop {
            let more = match self.peek() {
                None | Some(Token::Close(_)) => false,
                Some(Token::Typed(typed)) => !is_word(typed, "or"),
                Some(Token::Open(_) | Token::Field(_)) => true,
            };
            if !self.takes("and") && !more {
                return Ok(joined(parts, Expr::And));
            }
            parts.push(self.not(depth)?);
        }
    }

    fn not(&mut self, depth: usize) -> Result<Expr<Term>, FilterError> {
        let start = self.peek().map_or(self.end, Token::start);
        if depth > DEPTH {
            let what = format!("more than {DEPTH} nested parentheses: simplify the expression");
            return Err(FilterError::new(start..self.end, what));
        }
        if self.takes("not") {
            return Ok(Expr::Not(Box::new(self.not(depth + 1)?)));
        }
        match self.next() {
            Some(Token::Open(open)) => {
                let inner = self.or(depth + 1)?;
                if matches!(self.next(), Some(Token::Close(_))) {
                    return Ok(inner);
                }
                let what = "this parenthesis is not closed: put ) after its last term";
                Err(FilterError::new(open..open + 1, what))
            }
            Some(Token::Typed(typed)) if is_word(&typed, "and") || is_word(&typed, "or") => {
                let what = format!("a term is missing before {}", typed.text);
                Err(FilterError::new(typed.at, what))
            }
            Some(Token::Typed(typed)) => self.term(typed),
            Some(Token::Field(field)) => self.compared_next(field),
            Some(Token::Close(at)) => {
                let what = "a term is missing before this parenthesis";
                Err(FilterError::new(at..at + 1, what))
            }
            None => {
                let what = "a term is missing here: a word, or a field with a value like size>1MB";
                Err(FilterError::new(self.end..self.end, what))
            }
        }
    }

    /// A word may contain a field, an operator and a value (`size>1MB`), or be the first of them (`size > 1MB`).
    fn term(&mut self, word: Spanned) -> Result<Expr<Term>, FilterError> {
        if word.quoted {
            return Ok(bare(word));
        }
        let sign = word
            .text
            .char_indices()
            .find_map(|(at, _)| Some((at, sign_at(&word, at)?)));
        match sign {
            Some((at, (compare, rest))) if is_field(&word.text[..at]) => {
                self.compared(word.part(0..at), compare, rest)
            }
            None if is_field(&word.text) => self.compared_next(word),
            Some(_) | None => Ok(bare(word)),
        }
    }

    /// The operator, if any, is in the next piece.
    fn compared_next(&mut self, field: Spanned) -> Result<Expr<Term>, FilterError> {
        if let Some(Token::Typed(next)) = self.peek()
            && let Some((compare, rest)) = sign_at(next, 0)
        {
            self.at += 1;
            return self.compared(field, compare, rest);
        }
        Ok(bare(field))
    }

    fn compared(
        &mut self,
        field: Spanned,
        compare: Operator,
        rest: Spanned,
    ) -> Result<Expr<Term>, FilterError> {
        let value = match self.peek() {
            _ if !rest.text.is_empty() => rest,
            Some(Token::Typed(value)) if !is_word(value, "and") && !is_word(value, "or") => {
                let value = value.clone();
                self.at += 1;
                value
            }
            _ => {
                let what = format!("a value is missing after {}{}", field.text, compare.sign());
                return Err(FilterError::new(field.at.start..rest.at.end, what));
            }
        };
        Ok(Expr::Leaf(Term {
            field: Some((field, compare)),
            value,
        }))
    }
}

fn bare(word: Spanned) -> Expr<Term> {
    Expr::Leaf(Term {
        field: None,
        value: word,
    })
}

fn joined(mut parts: Vec<Expr<Term>>, all: fn(Vec<Expr<Term>>) -> Expr<Term>) -> Expr<Term> {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        all(parts)
    }
}

fn is_word(typed: &Spanned, word: &str) -> bool {
    !typed.quoted && typed.text.eq_ignore_ascii_case(word)
}

/// Whether a word before an operator is the name of a field, and not the beginning of a pattern of subjects.
fn is_field(text: &str) -> bool {
    !text.is_empty() && !text.ends_with(['.', '/', '*'])
}

/// The operator that stands at a byte of a word, and what follows it.
fn sign_at(word: &Spanned, at: usize) -> Option<(Operator, Spanned)> {
    let (sign, compare) = (!word.quoted).then(|| Operator::at_start(&word.text[at..]))??;
    Some((compare, word.part(at + sign.len()..word.text.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt;

    impl fmt::Display for Term {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if let Some((field, compare)) = &self.field {
                write!(f, "{}{}", field.text, compare.sign())?;
            }
            if self.value.quoted {
                let escaped = self.value.text.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "\"{escaped}\"")
            } else {
                f.write_str(&self.value.text)
            }
        }
    }

    impl<T: fmt::Display> fmt::Display for Expr<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let joined = |parts: &[Self], word: &str, f: &mut fmt::Formatter<'_>| {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        write!(f, " {word} ")?;
                    }
                    match part {
                        Self::And(_) | Self::Or(_) => write!(f, "({part})")?,
                        _ => write!(f, "{part}")?,
                    }
                }
                Ok(())
            };
            match self {
                Self::Leaf(leaf) => leaf.fmt(f),
                Self::Not(inner) if matches!(**inner, Self::And(_) | Self::Or(_)) => {
                    write!(f, "not ({inner})")
                }
                Self::Not(inner) => write!(f, "not {inner}"),
                Self::And(parts) => joined(parts, "and", f),
                Self::Or(parts) => joined(parts, "or", f),
            }
        }
    }

    fn shown(text: &str) -> String {
        parse_filter(text).unwrap().to_string()
    }

    fn fault(text: &str) -> (&str, String) {
        let fault = parse_filter(text).unwrap_err();
        (&text[fault.at], fault.what)
    }

    #[test]
    fn terms_are_joined_as_people_read_them() {
        assert_eq!(shown("a b"), "a and b");
        assert_eq!(shown("a or b c"), "a or (b and c)");
        assert_eq!(shown("(a or b) and not c"), "(a or b) and not c");
        assert_eq!(shown("NOT (a OR b)"), "not (a or b)");
        assert_eq!(shown("size > 1MB"), "size>1MB");
        assert_eq!(shown("size >1MB kind= table"), "size>1MB and kind=table");
        assert_eq!(shown("payload.a[0].b!~\"x y\""), "payload.a[0].b!~\"x y\"");
        assert!(parse_filter("  ").unwrap().is_empty());
    }

    #[test]
    fn names_in_quotes_are_fields_where_an_operator_follows() {
        for same in [
            r#""total amount">3"#,
            r#"a "total amount" >= 3 b"#,
            r#"payload."a>b"[0].c!="x y""#,
            r#""x.y"."say \"hi\""~z"#,
            r#""CO2 (ppm)"=410"#,
            r##""id"#2 = 5"##,
            r##"payload.d."a.b"."x y"#2[0]>1"##,
            r#"""=1"#,
            r#""a\nb"=1"#,
            r#""🚀"=1"#,
        ] {
            let fields = parse_filter(same).unwrap();
            let fields: Vec<_> = fields
                .leaves()
                .iter()
                .filter_map(|term| term.field.clone())
                .collect();
            assert_eq!(fields.len(), 1, "{same}");
            let (name, compare) = &fields[0];
            assert_eq!(&same[name.at.clone()], name.text);
            assert!(
                same[name.at.end..].trim_start().starts_with(compare.sign()),
                "{same}"
            );
            assert_eq!(shown(&shown(same)), shown(same));
        }
        assert_eq!(
            shown("\"red wine\" or text~\"a b\""),
            "\"red wine\" or text~\"a b\""
        );
        assert_eq!(fault("\"total amount\">").0, "\"total amount\">");
    }

    #[test]
    fn any_word_before_an_operator_is_a_field() {
        for (text, field) in [
            ("2024>3", "2024"),
            ("2024 > 3", "2024"),
            ("%=1", "%"),
            ("🚀!=1", "🚀"),
            ("größe>=1", "größe"),
            ("id#2=1", "id#2"),
            ("a?b!c=1", "a?b!c"),
            ("CO₂~1", "CO₂"),
        ] {
            let filter = parse_filter(text).unwrap();
            let fields = filter
                .leaves()
                .into_iter()
                .map(|term| term.field.clone().unwrap().0.text);
            assert_eq!(fields.collect::<Vec<_>>(), [field], "{text}");
        }
        assert_eq!(fault("2024>").0, "2024>");
        assert_eq!(shown("wow! x >y"), "wow! and x>y");
        assert_eq!(shown(">x <y ~z"), ">x and <y and ~z");
    }

    #[test]
    fn texts_in_quotes_are_read_as_json_strings_where_they_are_some() {
        for (text, value) in [
            (r#"a="x\ny""#, "x\ny"),
            (r#"a="say \"hi\"""#, "say \"hi\""),
            (r#"a="C:\data\"""#, "C:data\""),
            ("a=\"two\nlines\"", "two\nlines"),
        ] {
            let filter = parse_filter(text).unwrap();
            assert_eq!(filter.leaves()[0].value.text, value, "{text}");
        }
    }

    #[test]
    fn patterns_are_words() {
        assert_eq!(shown("chat.> sub.*.x"), "chat.> and sub.*.x");
        assert_eq!(shown(">"), ">");
        assert_eq!(shown("subject=chat.>"), "subject=chat.>");
        assert_eq!(
            shown("/chat/room1 /chat/> */> a.*>"),
            "/chat/room1 and /chat/> and */> and a.*>"
        );
    }

    #[test]
    fn faults_name_their_place() {
        assert_eq!(fault("size>"), ("size>", "a value is missing after size>".into()));
        assert_eq!(fault("a and size > or b").0, "size >");
        assert_eq!(fault("(a or b").0, "(");
        assert_eq!(fault("a) b").0, ")");
        assert_eq!(fault("text~\"abc").0, "\"abc");
        assert_eq!(fault("a or").0, "");
        assert_eq!(fault("and b"), ("and", "a term is missing before and".into()));
        assert!(parse_filter(&"(".repeat(100_000)).is_err());
        assert!(parse_filter(&"not ".repeat(100_000)).is_err());
    }

    #[test]
    fn leaves_are_looked_at_only_as_far_as_needed() {
        let expr = parse_filter("a b or c").unwrap();
        let mut seen = vec![];
        let holds = expr.eval(&mut |term| {
            seen.push(term.value.text.clone());
            term.value.text == "c"
        });
        assert!(holds);
        assert_eq!(seen, ["a", "c"]);
    }

    fn expressions() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[a-z]{1,6}",
            "[a-z]{1,4}(=|!=|<|<=|>|>=|~|!~)[a-z0-9.*]{1,5}",
            "[a-z]{1,4}~\"[ -~]{0,6}\"".prop_filter("quotes inside are escaped otherwise", |text| {
                !text.contains('\\') && text.matches('"').count() == 2
            }),
        ]
        .prop_filter("words of the language", |text| {
            !["and", "or", "not"].contains(&text.as_str())
        });
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
                inner.prop_map(|a| format!("not ({a})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in expressions()) {
            let written = shown(&text);
            prop_assert_eq!(shown(&written), written);
        }

        #[test]
        fn any_text_is_read_or_refused_at_a_place_in_it(text in "\\PC{0,40}|[a-z()\"!<>=~. ]{0,40}") {
            if let Err(fault) = parse_filter(&text) {
                prop_assert!(text.get(fault.at).is_some());
            }
        }
    }
}
