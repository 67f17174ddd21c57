//! Statistics of a column: numbers of values, nulls and distinct values; minimum, maximum, mean; distribution.

use crate::bounds::Steps;
use crate::json::Number;
use crate::table::source::{Scalar, TableSource};
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Bars of a histogram.
pub const BARS: usize = 24;

/// Facts about the values of one column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnStatistics {
    /// Rows looked at.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Different values, at most as many as are counted.
    pub distinct: u64,
    /// Whether there are more different values than are counted.
    pub more_distinct: bool,
    /// Smallest and largest value, as text.
    pub ends: Option<(String, String)>,
    /// Facts about numbers.
    pub numbers: Option<NumericStatistics>,
}

/// Facts about numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct NumericStatistics {
    /// How many there are, NaN left out.
    pub count: u64,
    /// Values that are no number (NaN).
    pub nan: u64,
    /// Smallest and largest.
    pub ends: (f64, f64),
    /// Their sum by their count.
    pub mean: f64,
    /// Standard deviation of all values.
    pub deviation: f64,
    /// How many fall into each of equal parts between smallest and largest.
    pub bars: [u64; BARS],
}

/// Looks at the values of a column in these rows, at no more than `most_distinct` different ones. `None` when `steps`
/// wants no more.
pub fn column_facts(
    table: &dyn TableSource,
    column: usize,
    rows: &mut dyn Iterator<Item = usize>,
    total: u64,
    most_distinct: usize,
    steps: &dyn Steps,
) -> Option<ColumnStatistics> {
    let mut facts = ColumnStatistics::default();
    let mut seen: HashSet<u64> = HashSet::new();
    let hasher = RandomState::new();
    let mut ends: Option<(Scalar, Scalar)> = None;
    let mut numbers: Vec<f64> = Vec::new();
    let mut nan = 0;
    for row in rows {
        if facts.rows % 16_384 == 0 && !steps.step(facts.rows, total) {
            return None;
        }
        facts.rows += 1;
        let value = table.scalar(row, column);
        if value == Scalar::Null {
            facts.nulls += 1;
            continue;
        }
        if seen.len() < most_distinct {
            seen.insert(hash(&hasher, &value));
        } else if !facts.more_distinct {
            facts.more_distinct = !seen.contains(&hash(&hasher, &value));
        }
        match value.number() {
            Some(number) if number.is_nan() => {
                nan += 1;
                continue;
            }
            Some(number) => numbers.push(number),
            None => {}
        }
        widen(&mut ends, value);
    }
    facts.distinct = seen.len() as u64;
    facts.ends = ends.map(|(least, most)| (shown(&least), shown(&most)));
    facts.numbers = number_facts(&numbers, nan);
    Some(facts)
}

fn hash(hasher: &RandomState, value: &Scalar) -> u64 {
    match value {
        Scalar::Null => 0,
        Scalar::Bool(value) => hasher.hash_one(value),
        Scalar::Number(Number::Int(value)) => hasher.hash_one(value),
        Scalar::Number(Number::Decimal(value)) => hasher.hash_one(value.text()),
        Scalar::Number(other) => hasher.hash_one(other.nearest().to_bits()),
        Scalar::Text(text) => hasher.hash_one(text),
    }
}

fn widen(ends: &mut Option<(Scalar, Scalar)>, value: Scalar) {
    match ends {
        None => *ends = Some((value.clone(), value)),
        Some((least, most)) => {
            if value.compare(least).is_some_and(std::cmp::Ordering::is_lt) {
                *least = value;
            } else if value.compare(most).is_some_and(std::cmp::Ordering::is_gt) {
                *most = value;
            }
        }
    }
}

fn shown(value: &Scalar) -> String {
    match value {
        Scalar::Null => String::new(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}

fn number_facts(numbers: &[f64], nan: u64) -> Option<NumericStatistics> {
    let count = numbers.len() as f64;
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if numbers.is_empty() {
        return None;
    }
    let mean = numbers.iter().sum::<f64>() / count;
    let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count;
    // Infinite values fall into no bin.
    let (low, high) = (
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    );
    let mut bars = [0; BARS];
    for number in finite() {
        let part = if high > low {
            (number - low) / (high - low)
        } else {
            0.0
        };
        bars[((part * BARS as f64) as usize).min(BARS - 1)] += 1;
    }
    Some(NumericStatistics {
        count: numbers.len() as u64,
        nan,
        ends: (least, most),
        mean,
        deviation: variance.sqrt(),
        bars,
    })
}
