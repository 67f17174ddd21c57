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
