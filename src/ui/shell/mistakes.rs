//! Which mistakes in the settings are told one by one.

/// Mistakes in the settings that are told one by one.
const MISTAKES: usize = 2;

/// As many mistakes as there is room for, and how many more there are: none may be pushed off the screen unread.
pub fn first_few(mut mistakes: Vec<String>) -> Vec<String> {
    let more = mistakes.len().saturating_sub(MISTAKES);
    if more > 0 {
        mistakes.truncate(MISTAKES);
        mistakes.push(format!(
            "Mistakes in the settings that are not shown here: {more}."
        ));
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
            ["1", "2", "Mistakes in the settings that are not shown here: 3."]
        );
    }
}
