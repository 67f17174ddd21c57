//! Numbers formatted for people, without units.

/// A number with thousands separators: `1,048,576`. Numbers beyond 64 bits are shown as the largest one.
pub fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `12 rows`, `2 replies`.
pub fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let digits = grouped(number);
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("{digits} {noun}"),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{digits} {stem}ies"),
        _ if noun.ends_with(['s', 'x']) || noun.ends_with("ch") => format!("{digits} {noun}es"),
        _ => format!("{digits} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(
            [0, 999, 1000, 1_048_576].map(grouped),
            ["0", "999", "1,000", "1,048,576"]
        );
    }

    #[test]
    fn nouns_agree_with_their_counts() {
        let said = [
            (1, "reply"),
            (2, "reply"),
            (0, "row"),
            (2, "key"),
            (1_000, "message"),
        ];
        assert_eq!(
            said.map(|(number, noun)| counted(number, noun)),
            ["1 reply", "2 replies", "0 rows", "2 keys", "1,000 messages"]
        );
    }
}
