//! Causes as sentences: with a capital first letter and a full stop. Names and addresses at the start keep their
//! spelling.

/// A cause as a sentence; some end as one already.
pub fn sentence(cause: &dyn std::fmt::Display) -> String {
    let text = cause.to_string();
    let text = text.trim_end_matches('.');
    let first = text.split(char::is_whitespace).next().unwrap_or_default();
    let is_word = first
        .trim_end_matches([',', ':', ';'])
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || matches!(letter, '-' | '\''));
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) if is_word => format!("{}{}.", letter.to_ascii_uppercase(), letters.as_str()),
        Some(_) => format!("{text}."),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_the_start_of_a_cause_are_not_capitalised() {
        for (cause, expected) in [
            ("cannot read a.csv", "Cannot read a.csv."),
            ("don't, it is gone.", "Don't, it is gone."),
            ("a.csv is no tape", "a.csv is no tape."),
            ("draft.toml5n is no name", "draft.toml5n is no name."),
            ("http://h/x is gone", "http://h/x is gone."),
            ("\"a b\" is no subject", "\"a b\" is no subject."),
            ("", ""),
        ] {
            assert_eq!(sentence(&cause), expected);
        }
    }
}
