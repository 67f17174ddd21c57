//! A filter over messages, ready to be asked.

use super::candidate::Candidate;
use super::condition::Condition;
use natsbridge_wire::{Expr, FilterError, parse_filter};

/// A filter over messages.
///
/// ```
/// use natsbridge_engine::MessageFilter;
///
/// assert!(MessageFilter::new("kind=table and size>1MB or sender~calc").is_ok());
/// let fault = MessageFilter::new("size>much").unwrap_err();
/// assert_eq!((fault.at, fault.what.contains("not a size")), (5..9, true));
/// ```
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    text: String,
    expr: Expr<Condition>,
    cost: u32,
}

impl MessageFilter {
    /// Parses a filter; the empty text matches everything.
    ///
    /// # Errors What is wrong, where, and what to try.
    pub fn new(text: &str) -> Result<Self, FilterError> {
        let text = text.trim_end();
        let expr = parse_filter(text)?.try_map(&mut |term| Condition::new(&term))?;
        Ok(Self {
            text: text.trim().to_owned(),
            cost: expr.leaves().iter().map(|leaf| leaf.cost()).max().unwrap_or(0),
            expr: expr.cheapest_first(&Condition::cost),
        })
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.expr.is_empty()
    }

    /// Whether it only tests subjects: then all messages of a subject have the same result.
    pub fn is_of_subjects(&self) -> bool {
        self.cost == 0
    }

    /// Whether the messages of a subject match, if it only tests subjects.
    pub fn admits_subject(&self, subject: &str) -> bool {
        self.expr.eval(&mut |condition| condition.holds_for(subject))
    }

    /// Whether a message matches at that time, microseconds since the Unix epoch.
    pub fn admits(&self, message: &Candidate<'_>, now_us: i64) -> bool {
        self.expr.eval(&mut |condition| condition.holds(message, now_us))
    }
}

impl PartialEq for MessageFilter {
    /// Filters with the same text are equal.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for MessageFilter {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::StoredMessage;
    use natsbridge_wire::Limits;

    fn holds(filter: &str, payload: &str) -> bool {
        let message = StoredMessage {
            seq: 1,
            at_us: 0,
            subject: "a".into(),
            reply: None,
            headers: vec![("Count".into(), vec!["10".into()])],
            payload: payload.to_owned().into(),
        };
        let filter = MessageFilter::new(filter).unwrap_or_else(|fault| panic!("{filter}: {fault}"));
        filter.admits(&Candidate::whole(message, &Limits::default()), 0)
    }

    #[test]
    fn numbers_compare_by_their_digits() {
        let ids = r#"{"id": 1724442618569203714, "far": 1e1000, "near": 1e-400, "p": 0.10, "z": -0,
            "long": 123456789012345678901234567890.5, "text": "9007199254740993", "word": "NaN"}"#;
        for (filter, expected) in [
            ("payload.id=1724442618569203714", true),
            ("payload.id=1724442618569203715", false),
            ("payload.id!=1724442618569203715", true),
            ("payload.id>1724442618569203713", true),
            ("payload.id>=1724442618569203715", false),
            ("payload.id<1724442618569203714.5", true),
            ("payload.id~442618", true),
            ("payload.id!~999", true),
            ("payload.far>1e999", true),
            ("payload.far=10e999", true),
            ("payload.far<1e1001", true),
            ("payload.near>0", true),
            ("payload.p=0.1", true),
            ("payload.p<0.1000000000000000000001", true),
            ("payload.z=0", true),
            ("payload.long>123456789012345678901234567890.4", true),
            ("payload.text>9007199254740992", true),
            ("payload.text=9007199254740993", true),
            ("payload.word=NaN", true),
            ("payload.word=nan", true),
            ("header.Count>9", true),
        ] {
            assert_eq!(holds(filter, ids), expected, "{filter}");
        }
    }

    #[test]
    fn any_key_is_a_path_and_an_unknown_field_is_said() {
        let json =
            r#"{"a.b": {"x y": 1, "2024": {"%": 2}}, "🚀": 3, "": 4, "k": 5, "k": 6, "a\nb": 7, "\"q\"": 8}"#;
        for filter in [
            r#"payload."a.b"."x y"=1"#,
            r#"payload."a.b"."2024"."%"=2"#,
            r#"payload."a.b".2024.%=2"#,
            r#"payload."🚀"=3"#,
            "payload.🚀 = 3",
            r#"payload.""=4"#,
            "payload.k=6",
            r##"payload."k"#1=5"##,
            "payload.k#2>5",
            r#"payload."a\nb"=7"#,
            r#"payload."\"q\""=8"#,
        ] {
            assert!(holds(filter, json), "{filter}");
        }
        for unknown in ["2024>3", "%=1", "🚀 > 3", "\"total amount\">3"] {
            let fault = MessageFilter::new(unknown).unwrap_err();
            assert!(fault.what.starts_with("unknown field"), "{unknown}: {fault}");
        }
        for pattern in ["chat.>", "/chat/>", ">", "*.x"] {
            assert!(MessageFilter::new(pattern).is_ok(), "{pattern}");
        }
    }
}
