//! An expression: terms joined by `and`, `or`, `not`. Generic in its leaves, so that terms can be resolved once
//! instead of for every message.

use super::fault::FilterError;
use std::ops::Range;

/// How a field and a value are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`: the same; subjects also by pattern.
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `~`: contains.
    Contains,
    /// `!~`: does not contain.
    Lacks,
}

impl Operator {
    /// All of them as they are typed, the longer signs first.
    const SIGNS: [(&'static str, Self); 8] = [
        ("!=", Self::Unequal),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("!~", Self::Lacks),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::Greater),
        ("~", Self::Contains),
    ];

    /// The sign that a text begins with, and the operator it stands for.
    pub(super) fn at_start(text: &str) -> Option<(&'static str, Self)> {
        Self::SIGNS.into_iter().find(|(sign, _)| text.starts_with(sign))
    }

    /// As it is typed.
    pub fn sign(self) -> &'static str {
        let own = Self::SIGNS.into_iter().find(|(_, operator)| *operator == self);
        own.map_or("", |(sign, _)| sign)
    }

    /// Whether it is one of `<`, `<=`, `>`, `>=`.
    pub fn orders(self) -> bool {
        matches!(self, Self::Less | Self::AtMost | Self::Greater | Self::AtLeast)
    }

    /// Whether a comparison result satisfies it; incomparable values only satisfy `!=`.
    pub fn holds(self, ordering: Option<std::cmp::Ordering>) -> bool {
        let Some(ordering) = ordering else {
            return self == Self::Unequal;
        };
        match self {
            Self::Equal | Self::Contains => ordering.is_eq(),
            Self::Unequal | Self::Lacks => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// A piece of the text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned {
    /// What it says, without quotes.
    pub text: String,
    /// Whether it was quoted: then it is text, whatever it looks like.
    pub quoted: bool,
    /// Its bytes in the filter.
    pub at: Range<usize>,
}

impl Spanned {
    /// These bytes of the filter, without quotes.
    pub(super) fn word(filter: &str, at: Range<usize>) -> Self {
        Self {
            text: filter[at.clone()].to_owned(),
            quoted: false,
            at,
        }
    }

    /// A part of a word.
    pub(super) fn part(&self, bytes: Range<usize>) -> Self {
        Self {
            at: self.at.start + bytes.start..self.at.start + bytes.end,
            ..Self::word(&self.text, bytes)
        }
    }
}

/// One term: a field compared with a value, or a bare word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The field and how it is compared; `None` for a bare word.
    pub field: Option<(Spanned, Operator)>,
    /// The value, or the bare word.
    pub value: Spanned,
}

impl Term {
    /// Its bytes in the filter.
    pub fn at(&self) -> Range<usize> {
        let first = self.field.as_ref().map_or(&self.value, |(field, _)| field);
        first.at.start..self.value.at.end
    }
}

/// An expression over leaves of any sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr<T> {
    /// One leaf.
    Leaf(T),
    /// The negation of its content.
    Not(Box<Expr<T>>),
    /// All of them; an empty list is always true.
    And(Vec<Expr<T>>),
    /// At least one of them.
    Or(Vec<Expr<T>>),
}

impl<T> Default for Expr<T> {
    fn default() -> Self {
        Self::And(vec![])
    }
}

impl<T> Expr<T> {
    /// Whether it holds for everything because nothing was typed.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }

    /// Resolves every leaf; the first that cannot be resolved is the error.
    pub fn try_map<U>(
        self,
        turn: &mut impl FnMut(T) -> Result<U, FilterError>,
    ) -> Result<Expr<U>, FilterError> {
        let mut all = |parts: Vec<Self>| -> Result<Vec<Expr<U>>, FilterError> {
            parts.into_iter().map(|part| part.try_map(turn)).collect()
        };
        Ok(match self {
            Self::And(parts) => Expr::And(all(parts)?),
            Self::Or(parts) => Expr::Or(all(parts)?),
            Self::Not(inner) => Expr::Not(Box::new(inner.try_map(turn)?)),
            Self::Leaf(leaf) => Expr::Leaf(turn(leaf)?),
        })
    }

    /// Evaluates it, given the value of each leaf. Short-circuits, in order.
    pub fn eval(&self, leaf: &mut impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::Leaf(at) => leaf(at),
            Self::Not(inner) => !inner.eval(leaf),
            Self::And(parts) => parts.iter().all(|part| part.eval(leaf)),
            Self::Or(parts) => parts.iter().any(|part| part.eval(leaf)),
        }
    }

    /// All leaves, from left to right.
    pub fn leaves(&self) -> Vec<&T> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::Not(inner) => inner.leaves(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::leaves).collect(),
        }
    }

    /// Moves cheaper parts to the front; the meaning stays the same.
    #[must_use]
    pub fn cheapest_first(self, cost: &impl Fn(&T) -> u32) -> Self {
        let sorted = |parts: Vec<Self>| {
            let mut parts: Vec<Self> = parts.into_iter().map(|part| part.cheapest_first(cost)).collect();
            parts.sort_by_key(|part| part.leaves().into_iter().map(cost).max());
            parts
        };
        match self {
            Self::And(parts) => Self::And(sorted(parts)),
            Self::Or(parts) => Self::Or(sorted(parts)),
            Self::Not(inner) => Self::Not(Box::new(inner.cheapest_first(cost))),
            leaf @ Self::Leaf(_) => leaf,
        }
    }
}
