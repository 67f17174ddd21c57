//! Supplies the values of variables: the clock, identifiers, randomness, the environment.

use crate::clock;
use crate::composition::VariableSource;
use std::ops::RangeInclusive;

/// Does something with the values that variables have now, for the message of that number.
pub fn filled<T>(count: u64, work: impl FnOnce(&mut VariableSource<'_>) -> T) -> T {
    let mut new_id = || clock::random_uuid().to_string();
    work(&mut VariableSource {
        count,
        now: clock::now(),
        new_id: &mut new_id,
        random: &mut random,
        env: &|name| std::env::var(name).ok(),
    })
}

/// A random number in the range. A random identifier has far more bits than any range needs, so the result is
/// practically uniform.
fn random(range: RangeInclusive<i64>) -> i64 {
    let (start, end) = (i128::from(*range.start()), i128::from(*range.end()));
    let numbers = (end - start + 1).max(1);
    // Without the bits that every such identifier has: version and variant.
    let (high, low) = clock::random_uuid().as_u64_pair();
    let bits = i128::from(high >> 16) << 62 | i128::from(low & (u64::MAX >> 2));
    i64::try_from(start + bits % numbers).unwrap_or(*range.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_a_range_comes_and_no_other() {
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[usize::try_from(random(-2..=2) + 2).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| *count > 100), "{seen:?}");
        assert_eq!(random(7..=7), 7);
        random(i64::MIN..=i64::MAX);
    }
}
