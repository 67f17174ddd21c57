//! The command palette: actions that fit a few typed letters, the best first.

use crate::model::actions::{ACTIONS, Action, ActionSpec};

/// Actions whose doc or name contains the letters of `query` in order, best first; all for an empty query.
pub fn palette(query: &str) -> Vec<&'static ActionSpec> {
    let mut found: Vec<(i32, &'static ActionSpec)> = ACTIONS
        .iter()
        .filter(|row| row.action != Action::Palette)
        .filter_map(|row| Some((fit(query, row.doc).max(fit(query, row.id))?, row)))
        .collect();
    found.sort_by_key(|(fit, _)| -fit);
    found.into_iter().map(|(_, row)| row).collect()
}

/// How well the letters match: word starts and consecutive letters count more; `None` if they do not.
fn fit(query: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let mut score = 0;
    let mut at = 0;
    let mut run = 0;
    let query = query.chars().flat_map(char::to_lowercase);
    for wanted in query.filter(|c| !c.is_whitespace()) {
        let skipped = text[at..].iter().position(|c| *c == wanted)?;
        run = if skipped == 0 { run + 1 } else { 0 };
        at += skipped;
        let starts_word = at == 0 || !text[at - 1].is_alphanumeric();
        score += 1 + run * 3 + if starts_word { 6 } else { 0 } - i32::from(skipped > 8);
        at += 1;
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_action_comes_first() {
        assert_eq!(palette("theme")[0].action, Action::Themes);
        assert_eq!(palette("subs")[0].action, Action::Subscribe);
        assert_eq!(palette("").len(), ACTIONS.len() - 1);
        assert!(palette("zzzz").is_empty());
    }
}
