//! Limits how many errors in the settings are shown.

/// Mistakes in the settings that are told one by one.
const MISTAKES: usize = 2;

/// As many errors as there is room for, plus the number of others: none may be pushed off the screen unread.
pub fn first_few(mut mistakes: Vec<String>) -> Vec<String> {
    let more = mistakes.len().saturating_sub(MISTAKES);
    if more > 0 {
        mistakes.truncate(MISTAKES);
        mistakes.push(format!("More errors in the settings, not shown here: {more}."));
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mistake_is_pushed_out_untold() {
        let told = |count: usize| first_few((1..=count).map(|i| i.to_string()).collect());
        assert_eq!(told(2), ["1", "2"]);
        assert_eq!(
            told(5),
            ["1", "2", "More errors in the settings, not shown here: 3."]
        );
    }
}
