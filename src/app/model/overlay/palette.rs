//! The command palette: actions that fit a few typed letters, the best first.

use crate::model::actions::{ACTIONS, Action, ActionSpec};

/// Actions whose name or doc contains the letters of `query` in order, best first; all for an empty query. A name counts
/// more than what is said about it, and letters in a row more than letters here and there.
pub fn palette(query: &str) -> Vec<&'static ActionSpec> {
    let mut found: Vec<_> = ACTIONS
        .iter()
        .filter(|row| row.action != Action::Palette)
        .filter_map(|row| Some((rank(query, row)?, row)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, row)| row).collect()
}

/// Whether a text stands in the name of an action, or in what is said about it.
pub(super) fn is_called(query: &str, row: &ActionSpec) -> bool {
    let typed = query.trim().to_lowercase();
    let texts = [row.id.replace('-', " "), row.doc.to_lowercase()];
    texts.iter().any(|text| text.contains(&typed))
}

/// The place of an action among those that fit, lowest first; `None` if it does not fit.
pub(super) fn rank(query: &str, row: &ActionSpec) -> Option<(usize, i32)> {
    let typed = query.trim().to_lowercase();
    let (name, doc) = (row.id.replace('-', " "), row.doc.to_lowercase());
    let spelt = typed.replace('-', " ");
    let starts =
        |text: &str| text.split(' ').any(|word| word.starts_with(&spelt)) || text.starts_with(&spelt);
    let how = [
        name == spelt,
        name.starts_with(&spelt),
        starts(&name),
        name.contains(&spelt),
        starts(&doc),
        doc.contains(&typed),
    ];
    let how = how.iter().position(|fits| *fits).unwrap_or(how.len());
    let fit = fit(&spelt, &name).max(fit(&spelt, row.doc));
    Some((how, -fit?))
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
        assert_eq!(
            palette("copy")[0].action,
            Action::CopyPayload,
            "the whole name first"
        );
        let save = palette("save");
        let named = save.iter().take_while(|row| row.id.contains("save")).count();
        assert!(named >= 3 && save.iter().skip(named).all(|row| !row.id.contains("save")));
        assert_eq!(palette("").len(), ACTIONS.len() - 1);
        assert!(palette("zzzz").is_empty());
    }
}
