//! An expression: terms joined by `and`, `or`, `not`. Generic in its leaves, so that terms can be resolved once
//! instead of for every message.

use super::fault::FilterError;
use std::fmt;
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
    /// All of them, the longer spellings first.
    pub const ALL: &[Self] = &[
        Self::Unequal,
        Self::AtMost,
        Self::AtLeast,
        Self::Lacks,
        Self::Equal,
        Self::Less,
        Self::Greater,
        Self::Contains,
    ];

    /// As it is typed.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Contains => "~",
            Self::Lacks => "!~",
        }
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
        let start = self
            .field
            .as_ref()
            .map_or(self.value.at.start, |(field, _)| field.at.start);
        start..self.value.at.end
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
            Self::Not(inner) if matches!(**inner, Self::And(_) | Self::Or(_)) => write!(f, "not ({inner})"),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::And(parts) => joined(parts, "and", f),
            Self::Or(parts) => joined(parts, "or", f),
        }
    }
}
